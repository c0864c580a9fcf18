#pragma once
#include <utility>

#include "downhill/formula/dual_math.h"

// The logarithm of the gamma function for formulas, as a formula: its derivatives follow.

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace loss_detail {

/// Stirling's remainder, log Gamma(x) - ((x - 1/2) log x - x + log(2 pi) / 2), of w = 1 / x for
/// x >= 10: to 3e-17.
auto stirling_rest(const auto& w) {
  const auto s = w * w;
  return w * (1.0 / 12 +
              s * (-1.0 / 360 + s * (1.0 / 1260 + s * (-1.0 / 1680 +
                                                       s * (1.0 / 1188 + s * (-691.0 / 360360 +
                                                                              s * (1.0 / 156)))))));
}

/// log Gamma(2 + t) for |t| <= 1/2: (1 - Euler's constant) t + sum_(k >= 2) (zeta(k) - 1) (-t)^k / k,
/// to 1e-17 t (Abramowitz and Stegun, 6.1.33).
auto log_gamma_near_two(const auto& t) {
  constexpr double terms[] = {
      0.42278433509846713939,     0.32246703342411321824,    -0.067352301053198095133,
      0.020580808427784547879,    -0.0073855510286739852663, 0.0028905103307415232858,
      -0.0011927539117032609771,  0.00050966952474304242234, -0.00022315475845357937976,
      0.000099457512781808533715, -0.0000449262367381331417, 0.000020507212775670691553,
      -9.439488275268395904e-6,   4.3748667899074878042e-6,  -2.0392157538013662368e-6,
      9.5514121304074198329e-7,   -4.4924691987645660433e-7, 2.1207184805554665869e-7,
      -1.0043224823968099609e-7,  4.7698101693639805658e-8,  -2.271109460894316491e-8,
      1.0838659214896954091e-8,   -5.1834750419700466551e-9, 2.4836745438024783172e-9,
      -1.1921401405860912074e-9,  5.7313672416788620133e-10};
  auto sum = terms[25] + 0.0 * t;
  for (int k = 24; k >= 0; --k) sum = sum * t + terms[k];
  return sum * t;
}

/// log Gamma(x) for x > 0, to 4 units of its last place. Below 10 from log Gamma(2 + t) with t = x
/// less the nearest whole number n, by the factors x - 1, ..., 2 + t, or for n = 0 and 1 by x.
auto log_gamma(const auto& x) {
  constexpr double half_log_two_pi = 0.91893853320467274178;
  const auto near = x < 10.0;
  const auto large = where(near, 10.0, x), small = where(near, x, 2.0);
  const auto by_series =
      (large - 0.5) * (log(large) - 1.0) + (half_log_two_pi - 0.5) + stirling_rest(1.0 / large);
  const auto t = small - floor(small + 0.5);
  auto factors = where(small < 0.5, small * (1.0 + abs(small)), where(small < 1.5, small, 1.0));
  for (int k = 2; k < 10; ++k)
    factors = factors * where(small >= k + 0.5, t + static_cast<double>(k), 1.0);
  const auto moved = log(factors);
  return where(near, log_gamma_near_two(t) + where(small < 1.5, -moved, moved), by_series);
}

/// log(1 + t) / t - 1 for t > -1, and that + 1: by a series for |t| < 1/8, so that value and slopes keep
/// their digits down to t = 0.
auto log1p_ratio(const auto& t) {
  const auto small = abs(t) < 0.125;
  const auto near = where(small, t, 0.0), far = where(small, 1.0, t);
  auto sum = 1.0 / 19 + 0.0 * near;
  for (int k = 18; k >= 2; --k) sum = (k % 2 == 0 ? -1.0 : 1.0) / k + near * sum;
  const auto less = near * sum, whole = log1p(far) / far;
  return std::pair(where(small, less, whole - 1.0), where(small, less + 1.0, whole));
}

/// log Gamma(x) - x log x + x for x >= 10: no difference of large numbers.
auto log_gamma_rest_of_large(const auto& x) {
  constexpr double half_log_two_pi = 0.91893853320467274178;
  return half_log_two_pi - 0.5 * log(x) + stirling_rest(1.0 / x);
}

/// The same for x > 0.
auto log_gamma_rest(const auto& x) {
  const auto near = x < 10.0;
  const auto large = where(near, 10.0, x), small = where(near, x, 2.0);
  return where(near, log_gamma(small) - small * log(small) + small, log_gamma_rest_of_large(large));
}

/// log Gamma(x + y) - log Gamma(x) for x >= 10 given as w = 1 / x, and y >= 0, less y log x: no
/// difference of large numbers, nor of slopes as w falls to 0.
auto log_rising(const auto& w, const auto& y) {
  return y * log1p_ratio(y * w).first + (y - 0.5) * log1p(y * w) +
         stirling_rest(w / (1.0 + y * w)) - stirling_rest(w);
}

}  // namespace loss_detail
}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
