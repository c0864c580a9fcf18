#pragma once
#include <cmath>
#include <cstdint>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Kullback-Leibler divergence of a target distribution from the predicted one: what it costs, in
/// nats, to take the prediction for the target.
///
///     L = sum_c y_c (log y_c - x_c)        (0 where y_c = 0)
///
/// Shapes      prediction log probabilities x (N, C), or with other axes as cross_entropy; target of
///             the same type and shape: shares y, or their logarithms with log_target; or int64
///             labels. One value per row.
/// Units       nats.
/// Gradient    -y.
/// Mean        over the rows; ignored rows count 0.
/// Throws      UsageError if shapes or types do not fit. A negative share gives NaN; that the shares
///             sum to 1 is not looked at.
/// Source      Kullback and Leibler, On information and sufficiency, Ann. Math. Stat. 22 (1951)
///             79-86.
/// Differs     PyTorch's kl_div has one value per class, so that its mean is C times smaller; with
///             reduction batchmean it is this. Keras's KLDivergence takes probabilities for x.
struct KLDiv {
  bool log_target = false;
  std::int64_t ignore_index = -100;
  std::int64_t axis = 0;

  static constexpr BuiltIn name = "kl_div";
  constexpr Range target_range() const {
    return log_target ? Range{-kInfinity, kInfinity} : kNonNegative;
  }
  static constexpr std::array takes = {Takes::class_log_probabilities};
  static constexpr auto options() {
    return std::array{option<&KLDiv::log_target>("log_target", "the targets are logarithms"),
                      option<&KLDiv::ignore_index>(kIgnoreIndex), option<&KLDiv::axis>(kAxis)};
  }

  double row_weight(const auto& target) const {
    return target.has_label() && target.label() == ignore_index ? 0 : 1;
  }
  auto row(const auto& x, const auto& target, auto& slope) const {
    const auto given = target.smoothed(0, {});
    const bool logarithms = log_target && !target.has_label();
    const auto share = [&](auto y) { return logarithms ? exp(y) : y; };
    slope.fill(x, [](auto) { return 0.0; });
    slope.finish(given, [&](auto zero, auto y) { return zero - share(y); });
    return x.sum(given, [&](auto v, auto y) {
      const auto q = share(y);
      const auto log_q = logarithms ? y : log(y);
      return where(q == 0.0, 0.0, q * (log_q - v));
    });
  }
};

}  // namespace downhill
