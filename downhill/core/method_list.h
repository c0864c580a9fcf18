#pragma once
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

namespace downhill {

/// A folder's list of methods: from it follow command-line names, options, documentation, contract
/// tests and benchmarks.
template <class... Methods>
struct MethodList {
  static constexpr std::size_t size = sizeof...(Methods);

  template <class M>
  static constexpr bool contains = (std::is_same_v<M, Methods> || ...);

  template <class M>
  static constexpr std::size_t index() {
    std::size_t i = 0;
    (void)((std::is_same_v<M, Methods> || (++i, false)) || ...);
    return i;
  }
  static std::vector<std::string> names() { return {Methods::name...}; }

  /// Calls `body.template operator()<M>()` for each method M.
  template <class Body>
  static void for_each(Body&& body) {
    (body.template operator()<Methods>(), ...);
  }
};

}  // namespace downhill
