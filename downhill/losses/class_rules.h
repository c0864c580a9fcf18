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
  bool labels_only = false;  ///< soft targets are refused
};
template <class L>
ClassRules class_rules_of(const L& loss) {
  ClassRules rules;
  if constexpr (requires { loss.axis; }) rules.axis = loss.axis;
  if constexpr (requires { loss.ignore_index; }) rules.ignore_index = loss.ignore_index;
  if constexpr (requires { rules.weight = loss.weight; }) rules.weight = loss.weight;
  if constexpr (requires { loss.skip_absent; }) rules.skip_absent = loss.skip_absent;
  if constexpr (requires { L::labels_only; }) rules.labels_only = L::labels_only;
  return rules;
}

/// What a row counts in the mean: 0 if it has the label that is ignored, else its class's weight;
/// with soft targets the sum of theirs. A loss of rows that states no `row_weight` has this one.
double row_weight(const ClassRules& rules, const auto& target) {
  if (target.has_label() && target.label() == rules.ignore_index) return 0;
  return rules.weight.empty() ? 1 : target.average(rules.weight);
}

/// A class weight at a label, 1 where there are none; of rows side by side one for each.
auto weight_at(const std::vector<double>& weight, const auto& label) {
  if constexpr (requires { label.pick(weight); }) {
    using N = decltype(label.pick(weight));
    return weight.empty() ? N(1.0) : label.pick(weight);
  } else {
    return weight.empty() ? 1.0 : weight[static_cast<std::size_t>(label)];
  }
}

/// A row of exponentials, the largest of which is 1, around that of its label: the others are
/// summed apart, so that rows that are sure and right keep their digits. There the loss is log1p of
/// the others' sum, and the label's slope is minus their share: no difference of nearly equal
/// numbers in either.
template <class N>
struct AroundLabel {
  AroundLabel(const N& all_others, const N& labels_own)
      : others(all_others),
        own(labels_own),
        total(others + own),
        log_total(log1p(others + (own - 1.0))) {}
  N others, own, total, log_total;
};

/// The same of exp(x_c - largest), which the slope's places are left with.
auto around_label(const auto& x, const auto& label, const auto& largest, auto& slope) {
  const auto risen = [&](auto v) { return exp(v - largest); };
  const auto others = slope.fill_around(label, x, risen);
  return AroundLabel(others, risen(x[label]));
}

}  // namespace detail
}  // namespace downhill
