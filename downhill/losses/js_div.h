#pragma once
#include <cstdint>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Jensen-Shannon divergence of two distributions: symmetric and bounded, so that a class which the
/// model holds impossible costs at most log 2.
///
///     p_c = e^x_c,    m = (p + y) / 2
///     L = (sum_c p_c log(p_c / m_c) + sum_c y_c log(y_c / m_c)) / 2
///
/// Shapes      prediction log probabilities x (N, C), or with other axes as cross_entropy; target
///             shares y of the same type and shape, or int64 labels. One value per row.
/// Units       nats, in [0, log 2] for distributions.
/// Gradient    p_c log(p_c / m_c) / 2; smooth; 0 where p_c = 0.
/// Numerics    0 log 0 is 0, also of infinite logarithms.
/// Mean        over the rows; ignored rows count 0.
/// Throws      UsageError if shapes or types do not fit. That the shares sum to 1 is not looked at.
/// Source      Lin, Divergence measures based on the Shannon entropy, IEEE Trans. Inf. Theory 37
///             (1991) 145-151, equation 3.
/// Differs     PyTorch has none; Liger-Kernel's JSD with beta = 1/2 is the same.
struct JSDiv {
  std::int64_t ignore_index = -100;
  std::int64_t axis = 0;

  static constexpr BuiltIn name = "js_div";
  static constexpr Range target_range = kNonNegative;
  static constexpr std::array takes = {Takes::class_log_probabilities};
  static constexpr auto options() {
    return std::array{option<&JSDiv::ignore_index>(kIgnoreIndex), option<&JSDiv::axis>(kAxis)};
  }

  double row_weight(const auto& target) const {
    return target.has_label() && target.label() == ignore_index ? 0 : 1;
  }
  auto row(const auto& x, const auto& target, auto& slope) const {
    const auto y = target.smoothed(0, {});
    const auto log_mean = [](auto p, auto yc) { return log(0.5 * (p + yc)); };
    slope.fill(x, [](auto v) { return v; });
    slope.finish(y, [&](auto v, auto yc) {
      const auto p = exp(v);
      return where(p == 0.0, 0.0, 0.5 * p * (v - log_mean(p, yc)));
    });
    return x.sum(y, [&](auto v, auto yc) {
      const auto p = exp(v);
      return where(p == 0.0, 0.0, 0.5 * p * (v - log_mean(p, yc))) +
             where(yc == 0.0, 0.0, 0.5 * yc * (log(yc) - log_mean(p, yc)));
    });
  }
};

}  // namespace downhill
