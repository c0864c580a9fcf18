#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Welsch's robust loss: the force of an outlier falls as a normal density does.
///
///     r = prediction - target
///     L = c^2 / 2 (1 - e^-(r / c)^2)
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       c in the target's; L in its square.
/// Gradient    r e^-(r / c)^2; smooth. The loss is not convex beyond |r| = c / sqrt(2).
/// Numerics    1 - e^x as -expm1(x); beyond |r| = 28 c, where e^-(r/c)^2 is 0, the value is c^2 / 2;
///             within 1e-4 c it is r^2 / 2 (1 - (r / c)^2 / 2), so that no square of a large c overflows.
/// Throws      UsageError if shapes or types differ, or c <= 0.
/// Source      Dennis and Welsch, Techniques for nonlinear least squares and robust regression,
///             Commun. Stat. B7 (1978) 345-359; c = 2.985 keeps 95 % of the efficiency of mse on
///             normal errors of deviation 1.
/// Differs     Kornia's welsch_loss is 1 - e^(-r^2 / 2): this with c = sqrt(2).
struct Welsch {
  double c = 2.985;

  static constexpr BuiltIn name = "welsch";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() {
    return std::array{
        option<&Welsch::c>("c", kPositive, "the width of what pulls, in units of the target")};
  }

  constexpr auto operator()(auto prediction, auto target) const {
    auto r = prediction - target, q = r / c;
    auto near = 0.5 * r * r * (1.0 - 0.5 * q * q);
    auto bent = (0.5 * c) * (c * where(abs(q) > 28.0, 1.0, -expm1(-(q * q))));
    return where(abs(q) < 1e-4, near, bent);
  }
};

}  // namespace downhill
