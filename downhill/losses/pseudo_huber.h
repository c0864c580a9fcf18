#pragma once
#include <utility>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Pseudo-Huber loss: as huber, quadratic near zero and linear in the tails, but smooth everywhere.
///
///     r = prediction - target
///     L = delta^2 (sqrt(1 + (r / delta)^2) - 1)
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       delta in the target's; L in its square.
/// Gradient    r / sqrt(1 + (r / delta)^2); smooth. Stated beside the value.
/// Numerics    as r^2 / (1 + sqrt(...)): no difference of nearly equal numbers near 0; beyond
///             1e8 delta the root is |r| / delta, so that no square overflows.
/// Throws      UsageError if shapes or types differ, or delta <= 0.
/// Source      Charbonnier et al., Two deterministic half-quadratic regularization algorithms for
///             computed imaging, ICIP 1994, table 1; this form: Hartley and Zisserman, Multiple View
///             Geometry, 2nd ed., appendix 6.8.
/// Differs     PyTorch has none. XGBoost's reg:pseudohubererror is the same; Kornia's charbonnier
///             is this with delta = 1, Ceres's SoftLOneLoss twice this of the residual.
struct PseudoHuber {
  double delta = 1;

  static constexpr BuiltIn name = "pseudo_huber";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() {
    return std::array{option<&PseudoHuber::delta>("delta", kPositive,
                                                  "where it turns linear, in units of the target")};
  }

  auto operator()(auto prediction, auto target) const {
    return value_and_slope(prediction, target).first;
  }
  auto value_and_slope(auto prediction, auto target) const {
    auto r = prediction - target, q = r / delta;
    auto far = abs(q) > 1e8;
    auto root = sqrt(1.0 + q * q);
    return std::pair(where(far, delta * (abs(r) - delta), r * (r / (1.0 + root))),
                     where(far, delta * sign(r), r / root));
  }
};

}  // namespace downhill
