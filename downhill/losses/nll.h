#pragma once
#include <cstdint>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Negative log likelihood of one of C classes, from the logarithms of their probabilities.
///
///     L = -sum_c q_c x_c
///
/// with q the one-hot label or the soft target, times weight[c].
///
/// Shapes      as cross_entropy: prediction log probabilities x with a class axis; target int64
///             labels or soft targets; one value per row.
/// Units       nats.
/// Gradient    -q.
/// Numerics    0 times an infinite logarithm is 0.
/// Mean        over the sum of the class weights of the rows' labels; ignored rows count 0.
/// Throws      UsageError if shapes or types do not fit, a label is outside [0, C), or options are
///             out of range. That the probabilities sum to 1 is not looked at.
/// Source      Good, Rational Decisions, J. R. Stat. Soc. B 14 (1952) 107-114.
/// Differs     PyTorch's nll_loss takes labels only, and gives NaN when all rows are ignored.
struct NLL {
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};
  std::int64_t axis = 0;

  static constexpr BuiltIn name = "nll";
  static constexpr Range target_range = kNonNegative;
  static constexpr std::array takes = {Takes::class_log_probabilities};
  static constexpr auto options() {
    return std::array{option<&NLL::ignore_index>(kIgnoreIndex), option<&NLL::weight>(kClassWeight),
                      option<&NLL::axis>(kAxis)};
  }

  auto row(const auto& x, const auto& target, auto& slope) const {
    if (target.has_label()) {
      const std::int64_t label = target.label();
      const double w = weight.empty() ? 1 : weight[static_cast<std::size_t>(label)];
      const auto zero = slope.fill(x, [](auto) { return 0.0; });
      slope.set(label, zero - w);
      return w == 0 ? zero : -w * x[label];
    }
    const auto q = target.smoothed(0, weight);
    slope.fill(x, [](auto) { return 0.0; });
    slope.finish(q, [](auto zero, auto qc) { return zero - qc; });
    return x.sum(q, [](auto v, auto qc) { return where(qc == 0.0, 0.0, -(qc * v)); });
  }
};

}  // namespace downhill
