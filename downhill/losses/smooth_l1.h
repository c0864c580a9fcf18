#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Huber's loss in units of the error: quadratic near zero, the absolute error less a constant in
/// the tails.
///
///     r = prediction - target
///     L = r^2 / (2 beta)     if |r| < beta
///     L = |r| - beta / 2     otherwise
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       beta and L in the target's.
/// Gradient    clamp(r / beta, -1, 1); with beta = 0 the sign of r, 0 at the kink.
/// Throws      UsageError if shapes or types differ, or beta < 0.
/// Source      Girshick, Fast R-CNN, ICCV 2015, equation 3 (beta = 1).
/// Differs     none from PyTorch's smooth_l1_loss, but its slope of -1 at the kink of beta = 0. It is huber(delta = beta) / beta.
struct SmoothL1 {
  double beta = 1;

  static constexpr BuiltIn name = "smooth_l1";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() {
    return std::array{option<&SmoothL1::beta>(
        "beta", kNonNegative, "where it turns linear, in units of the target; 0: mae")};
  }

  constexpr auto operator()(auto prediction, auto target) const {
    auto r = prediction - target;
    const double half = beta > 0 ? 0.5 / beta : 0;
    return where(abs(r) < beta, half * r * r, abs(r) - 0.5 * beta);
  }
};

}  // namespace downhill
