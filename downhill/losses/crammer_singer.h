#pragma once
#include <cstdint>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Crammer and Singer's hinge loss of C classes: the label's score should be above the best of the
/// others by a margin of 1.
///
///     L = weight[t] max(0, 1 + max_(c != t) x_c - x_t)
///
/// Shapes      prediction (N, C), (N, ..., C) or (N, C, ...) scores; target int64 labels t in [0, C)
///             or `ignore_index`; one value per row. The class axis as in cross_entropy.
/// Units       those of the scores.
/// Gradient    1 for the best of the others (the first of equals), -1 for the label; 0 at the kink
///             and beyond the margin.
/// Mean        over the sum of the class weights of the rows' labels; ignored rows count 0.
/// Throws      UsageError if shapes or types do not fit (soft targets are refused), a label is
///             outside [0, C), or options are out of range.
/// Source      Crammer and Singer, On the algorithmic implementation of multiclass kernel-based
///             vector machines, JMLR 2 (2001) 265-292, section 3.
/// Differs     none from Optax's multiclass_hinge_loss. Keras's CategoricalHinge counts the label's
///             own place as a score of 0 among the others.
struct CrammerSinger {
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};
  std::int64_t axis = 0;

  static constexpr BuiltIn name = "crammer_singer";
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr bool labels_only = true;
  static constexpr auto options() {
    return std::array{option<&CrammerSinger::ignore_index>(kIgnoreIndex),
                      option<&CrammerSinger::weight>(kClassWeight),
                      option<&CrammerSinger::axis>(kAxis)};
  }

  auto row(const auto& x, const auto& target, auto& slope) const {
    const std::int64_t label = target.label();
    const double w = weight.empty() ? 1 : weight[static_cast<std::size_t>(label)];
    using Sum = decltype(slope.fill(x, [](auto) { return 0.0; }));
    slope.fill(x, [](auto) { return 0.0; });
    std::int64_t best = -1;
    for (std::int64_t c = 0; c < x.size(); ++c)  // a NaN is the best and stays so
      if (c != label && (best < 0 || x.value(c) > x.value(best) || x.value(c) != x.value(c)))
        best = c;
    if (best < 0) return Sum(0.0);
    const auto missing = 1.0 + x[best] - x[label];
    if (1 + x.value(best) - x.value(label) <= 0) return Sum(0.0);
    slope.set(best, Sum(w));
    slope.set(label, Sum(-w));
    return Sum(w * missing);
  }
};

}  // namespace downhill
