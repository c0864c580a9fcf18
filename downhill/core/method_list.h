#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace downhill {

/// A folder's list of methods: from it follow command-line names, options, documentation and
/// contract tests.
template <class... Methods>
struct MethodList {
  static constexpr std::size_t size = sizeof...(Methods);

  static std::vector<std::string> names() { return {std::string(Methods::name)...}; }

  /// Calls `body.template operator()<M>()` for each method M.
  template <class Body>
  static void for_each(Body&& body) {
    (body.template operator()<Methods>(), ...);
  }
  /// The same for the method of this name only; false if there is none.
  template <class Body>
  static bool with(std::string_view name, Body&& body) {
    return (
        (name == std::string_view(Methods::name) && (body.template operator()<Methods>(), true)) ||
        ...);
  }
};

}  // namespace downhill
