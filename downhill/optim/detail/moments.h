#pragma once
#include <cmath>

namespace downhill::detail {

/// The running root mean square of a gradient, r = sqrt(beta r^2 + (1 - beta) g^2), without the
/// square: one of a float overflows from 2e19 on and vanishes below 1e-23.
struct RootMeanSquare {
  double keep, take;  // the roots of beta and 1 - beta
  explicit RootMeanSquare(double beta) : keep(std::sqrt(beta)), take(std::sqrt(1 - beta)) {}

  constexpr auto operator()(auto r, auto g) const {
    const auto a = keep * r, b = take * abs(g);
    const auto large = max(a, b);
    const auto ratio = where(large > 0.0, min(a, b) / large, 0.0);
    return large * sqrt(1.0 + ratio * ratio);
  }
};

}  // namespace downhill::detail
