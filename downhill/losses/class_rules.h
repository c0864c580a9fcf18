#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "downhill/core/options.h"

namespace downhill {

// What rows and regions of classes share: which axis holds the classes, which label is ignored and
// what a class weighs. The words of the options stand here once.
inline constexpr Words kAxis{"axis", kFinite,
                             "axis of the classes: 1, or -1 for the last; 0: the one that fits"};
inline constexpr Words kIgnoreIndex{"ignore_index", kFinite, "what has this label counts 0"};
inline constexpr Words kClassWeight{"weight", kNonNegative, "weight of each class: 1;2;0.5"};
inline constexpr Words kSkipAbsent{"skip_absent", kFinite,
                                   "leave out regions whose target is empty"};

namespace detail {

/// The rules that a loss states in members of these names.
struct ClassRules {
  std::int64_t axis = 0;
  std::optional<std::int64_t> ignore_index = {};
  std::vector<double> weight = {};
  bool skip_absent = false;
};
template <class L>
ClassRules class_rules_of(const L& loss) {
  ClassRules rules;
  if constexpr (requires { loss.axis; }) rules.axis = loss.axis;
  if constexpr (requires { loss.ignore_index; }) rules.ignore_index = loss.ignore_index;
  if constexpr (requires { loss.weight; }) rules.weight = loss.weight;
  if constexpr (requires { loss.skip_absent; }) rules.skip_absent = loss.skip_absent;
  return rules;
}

}  // namespace detail
}  // namespace downhill
