#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Tukey's biweight: what lies farther off than c pulls no more.
///
///     r = prediction - target
///     L = c^2 / 6 (1 - (1 - (r / c)^2)^3)     if |r| <= c
///     L = c^2 / 6                             otherwise
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       c in the target's; L in its square.
/// Gradient    r (1 - (r / c)^2)^2 for |r| <= c, else 0; C2 at |r| = c. The loss is not convex
///             beyond |r| = c / sqrt(5).
/// Numerics    as r^2 / 2 (1 - q + q^2 / 3), q = (r / c)^2: no difference of nearly equal numbers
///             near 0.
/// Throws      UsageError if shapes or types differ, or c <= 0.
/// Source      Beaton and Tukey, The fitting of power series, Technometrics 16 (1974) 147-185;
///             c = 4.685 keeps 95 % of the efficiency of mse on normal errors of deviation 1.
/// Differs     Ceres's TukeyLoss(c), whose cost is half of rho, is the same.
struct Tukey {
  double c = 4.685;

  static constexpr BuiltIn name = "tukey";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() {
    return std::array{
        option<&Tukey::c>("c", kPositive, "from where nothing pulls, in units of the target")};
  }

  constexpr auto operator()(auto prediction, auto target) const {
    auto r = prediction - target;
    auto q = (r / c) * (r / c);
    return where(abs(r) > c, c * c / 6, 0.5 * r * r * (1.0 + q * (q / 3.0 - 1.0)));
  }
};

}  // namespace downhill
