#pragma once
#include <utility>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Cauchy's robust loss: the force of an outlier falls as 1 / |r|.
///
///     r = prediction - target
///     L = c^2 / 2 log(1 + (r / c)^2)
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       c in the target's; L in its square.
/// Gradient    r / (1 + (r / c)^2); smooth. The loss is not convex beyond |r| = c.
/// Numerics    beyond 1e8 c the logarithm is 2 log(|r| / c), so that no square overflows; within 1e-4 c
///             the loss is r^2 / 2 (1 - (r / c)^2 / 2), so that none of a large c does.
/// Throws      UsageError if shapes or types differ, or c <= 0.
/// Source      Holland and Welsch, Robust regression using iteratively reweighted least-squares,
///             Commun. Stat. A6 (1977) 813-827; c = 2.385 keeps 95 % of the efficiency of mse on
///             normal errors of deviation 1.
/// Differs     Ceres's CauchyLoss(c), whose cost is half of rho, is the same. Kornia's cauchy_loss is
///             log(1 + r^2 / 2): this with c = sqrt(2).
struct Cauchy {
  double c = 2.385;

  static constexpr BuiltIn name = "cauchy";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() {
    return std::array{
        option<&Cauchy::c>("c", kPositive, "where the pull is largest, in units of the target")};
  }

  auto operator()(auto prediction, auto target) const {
    return value_and_slope(prediction, target).first;
  }
  auto value_and_slope(auto prediction, auto target) const {
    auto r = prediction - target, q = r / c;
    auto far = abs(q) > 1e8;
    auto bent = (0.5 * c) * (c * where(far, 2.0 * log(abs(q)), log1p(q * q)));
    auto near = 0.5 * r * r * (1.0 - 0.5 * q * q);
    return std::pair(where(abs(q) < 1e-4, near, bent), where(far, c / q, r / (1.0 + q * q)));
  }
};

}  // namespace downhill
