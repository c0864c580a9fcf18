#pragma once
#include <utility>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Fair's robust loss: quadratic near zero, about linear in the tails, convex.
///
///     r = prediction - target
///     L = c^2 (|r| / c - log(1 + |r| / c))
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       c in the target's; L in its square.
/// Gradient    r / (1 + |r| / c), with a second derivative of 1 at 0. Stated beside the value.
/// Numerics    where |r| < c / 10 the logarithm's first term is taken out by hand: no digits are lost
///             near 0, and no square of a large c overflows.
/// Throws      UsageError if shapes or types differ, or c <= 0.
/// Source      Fair, On the robust estimation of econometric models, Ann. Econ. Soc. Meas. 3 (1974)
///             667-677; c = 1.3998 keeps 95 % of the efficiency of mse on normal errors of
///             deviation 1.
/// Differs     LightGBM's fair (c = 1) is the same.
struct Fair {
  double c = 1.3998;

  static constexpr BuiltIn name = "fair";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() {
    return std::array{
        option<&Fair::c>("c", kPositive, "where it turns linear, in units of the target")};
  }

  auto operator()(auto prediction, auto target) const {
    return value_and_slope(prediction, target).first;
  }
  auto value_and_slope(auto prediction, auto target) const {
    auto r = prediction - target;
    auto a = where(r >= 0.0, r, -r);  // not abs: its slope at 0 is 0
    auto q = a / c;
    return std::pair(where(q < 0.1, near(a, q), c * (c * (q - log1p(q)))),
                     where(q > 1e30, c * sign(r), r / (1.0 + q)));
  }

 private:
  // log(1 + q) = 2 (s + s^3 / 3 + s^5 / 5 + ...) with s = q / (2 + q), and q - 2 s = q s; t = c s.
  static auto near(auto a, auto q) {
    auto s = q / (2.0 + q), t = a / (2.0 + q), z = s * s;
    auto series =
        1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + z * (1.0 / 9 + z * (1.0 / 11 + z / 13.0))));
    return t * (a - 2.0 * t * s * series);
  }
};

}  // namespace downhill
