#pragma once
#include <cmath>

namespace downhill::detail {

/// The running root mean square of a gradient, r = sqrt(beta r^2 + (1 - beta) g^2). It is the root
/// that is kept: a square of a float overflows from 2e19 on and vanishes below 1e-23. Numbers whose
/// squares do that are scaled by a power of two, which is exact, so that each has the same bits
/// whatever stands beside it.
struct RootMeanSquare {
  double keep, take;  // the roots of beta and 1 - beta
  explicit RootMeanSquare(double beta) : keep(std::sqrt(beta)), take(std::sqrt(1 - beta)) {}

  constexpr auto operator()(auto r, auto g) const {
    constexpr bool single = sizeof(typename decltype(r)::Value) == 4;
    constexpr double low = single ? 0x1p-100 : 0x1p-900, high = single ? 0x1p126 : 0x1p1022;
    const auto a = keep * r, b = take * g;
    const auto square = a * a + b * b, root = sqrt(square);
    const auto fits = square >= low && square <= high;
    if (all(fits)) return root;
    const auto small = square < low;
    const auto down = where(small, single ? 0x1p100 : 0x1p600, single ? 0x1p-66 : 0x1p-514);
    const auto up = where(small, single ? 0x1p-100 : 0x1p-600, single ? 0x1p66 : 0x1p514);
    const auto c = a * down, d = b * down;
    return where(fits, root, up * sqrt(c * c + d * d));
  }
};

}  // namespace downhill::detail
