#pragma once
#include <algorithm>
#include <cmath>
#include <limits>

namespace downhill::detail {

/// The root of a sum of squares that may leave a double's range: `plain()` is the sum, `largest()` the largest
/// magnitude, `scaled(scale)` the sum of the squares of all numbers times `scale`, a power of two.
template <class Plain, class Largest, class Scaled>
double root_of_squares(Plain plain, Largest largest, Scaled scaled) {
  const double sum = plain();
  if (std::isnan(sum) || (sum > 1e-280 && sum <= std::numeric_limits<double>::max()))
    return std::sqrt(sum);
  const double most = largest();
  if (most == 0 || !std::isfinite(most)) return std::sqrt(sum);
  const double scale = std::exp2(-std::max(std::ilogb(most), -1000));
  return std::sqrt(scaled(scale)) / scale;
}

}  // namespace downhill::detail
