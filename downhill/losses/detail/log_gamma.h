#pragma once
#include "downhill/formula/dual_math.h"

// The logarithm of the gamma function for formulas, as a formula: its derivatives follow.

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace loss_detail {

/// Stirling's remainder, log Gamma(x) - ((x - 1/2) log x - x + log(2 pi) / 2), of w = 1 / x for
/// x >= 10: to 6e-16.
auto stirling_rest(const auto& w) {
  const auto s = w * w;
  return w * (1.0 / 12 +
              s * (-1.0 / 360 +
                   s * (1.0 / 1260 + s * (-1.0 / 1680 + s * (1.0 / 1188 - s * (691.0 / 360360))))));
}

/// log Gamma(x) for x > 0. Below 10 by Gamma(x + 10) = x (x + 1) ... (x + 9) Gamma(x): absolute
/// errors of a few 1e-15.
auto log_gamma(const auto& x) {
  constexpr double half_log_two_pi = 0.91893853320467274178;
  const auto near = x < 10.0;
  const auto shifted = where(near, x + 10.0, x);
  auto product = x;
  for (int k = 1; k < 10; ++k) product = product * (x + static_cast<double>(k));
  const auto large =
      (shifted - 0.5) * log(shifted) - shifted + half_log_two_pi + stirling_rest(1.0 / shifted);
  return large - where(near, log(where(near, product, 1.0)), 0.0);
}

/// log Gamma(x + y) - log Gamma(x) for x >= 10 given as w = 1 / x, and y >= 0, less y log x: no
/// difference of large numbers.
auto log_rising(const auto& w, const auto& y) {
  return (1.0 / w + y - 0.5) * log1p(y * w) - y + stirling_rest(w / (1.0 + y * w)) -
         stirling_rest(w);
}

}  // namespace loss_detail
}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
