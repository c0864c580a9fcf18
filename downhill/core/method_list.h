#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "downhill/core/options.h"

namespace downhill {

namespace detail {
template <class M>
constexpr bool named_built_in() {
  static_assert(
      IsBuiltIn<M>,
      "a method of the library's lists has `static constexpr BuiltIn name = \"...\"`: one "
      "of type const char* is of a user's own method");
  return true;
}
}  // namespace detail

/// A folder's list of methods: from it follow command-line names, options, documentation and
/// contract tests.
template <class... Methods>
struct MethodList {
  static constexpr std::size_t size = sizeof...(Methods);

  /// True; does not compile where a name is no `BuiltIn`.
  static constexpr bool built_in() { return (detail::named_built_in<Methods>() && ...); }

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
