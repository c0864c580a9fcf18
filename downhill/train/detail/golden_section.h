#pragma once
#include <utility>

namespace downhill::detail {

/// A place of the least value of `f` between low and high, by so many golden sections: to a few
/// roundings for a function with one valley, kinks included.
template <class F>
double golden_section(F&& f, double low, double high, int sections) {
  constexpr double kGolden = 0.61803398874989484820;
  double a = high - kGolden * (high - low), b = low + kGolden * (high - low);
  double at_a = f(a), at_b = f(b);
  for (int i = 0; i < sections && a < b; ++i) {
    if (at_a <= at_b) {
      high = std::exchange(b, a);
      at_b = at_a;
      a = high - kGolden * (high - low);
      at_a = f(a);
    } else {
      low = std::exchange(a, b);
      at_a = at_b;
      b = low + kGolden * (high - low);
      at_b = f(b);
    }
  }
  return at_a <= at_b ? a : b;
}

}  // namespace downhill::detail
