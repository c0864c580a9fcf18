#pragma once
#include <cstdint>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Hinge loss of C classes: the label's score should be above each other by a margin.
///
///     L = weight[t] / C sum_(c != t) max(0, margin - x_t + x_c)^p
///
/// Shapes      prediction (N, C), (N, ..., C) or (N, C, ...) scores; target int64 labels t in [0, C)
///             or `ignore_index`; one value per row. The class axis as in cross_entropy.
/// Units       those of the scores, to the power p; margin in theirs.
/// Gradient    of each sum of slopes p max(0, ...)^(p - 1); 0 at the kinks.
/// Mean        over the sum of the class weights of the rows' labels; ignored rows count 0.
/// Throws      UsageError if shapes or types do not fit (soft targets are refused), a label is
///             outside [0, C), or options are out of range.
/// Source      Weston and Watkins, Support vector machines for multi-class pattern recognition,
///             ESANN 1999, equation 2.
/// Differs     PyTorch's multi_margin_loss takes p = 1 and 2 only, and its mean divides by the
///             number of rows whatever their weights.
struct MultiMargin {
  double p = 1, margin = 1;
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};
  std::int64_t axis = 0;

  static constexpr BuiltIn name = "multi_margin";
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr bool labels_only = true;
  static constexpr auto options() {
    return std::array{option<&MultiMargin::p>("p", kCount, "power of what is short of the margin"),
                      option<&MultiMargin::margin>("margin", kFinite,
                                                   "how far the label's score should be above"),
                      option<&MultiMargin::ignore_index>(kIgnoreIndex),
                      option<&MultiMargin::weight>(kClassWeight),
                      option<&MultiMargin::axis>(kAxis)};
  }

  auto row(const auto& x, const auto& target, auto& slope) const {
    const std::int64_t label = target.label();
    const double w = weight.empty() ? 1 : weight[static_cast<std::size_t>(label)];
    const double share = w / static_cast<double>(x.size());
    const auto own = x[label];
    const auto missing = [&](auto v) { return margin - own + v; };
    const auto value = slope.fill_around(label, x, [&](auto v) {
      const auto m = missing(v);
      return where(m <= 0.0, 0.0, pow(m, p));
    });
    const auto pull = slope.fill_around(label, x, [&](auto v) {
      const auto m = missing(v);
      return where(m <= 0.0, 0.0, p * pow(m, p - 1));
    });
    slope.finish([&](auto s) { return s * share; });
    slope.set(label, -(pull * share));
    return value * share;
  }
};

}  // namespace downhill
