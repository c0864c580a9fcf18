#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "downhill/core/options.h"
#include "downhill/formula/lanes.h"

namespace downhill::detail {

/// Whether all n numbers lie in [low, high]; NaN does not. By lanes: one by one it takes longer than
/// a loss of arithmetic.
template <class T>
bool all_between(const T* y, std::int64_t n, T low, T high) {
  const Lanes<T> least(low), most(high);
  Mask<T> inside = Lanes<T>(0.0) <= Lanes<T>(0.0);
  std::int64_t i = 0;
  for (; i + Lanes<T>::size <= n; i += Lanes<T>::size) {
    const auto here = Lanes<T>::load(y + i);
    inside = inside && here >= least && here <= most;
  }
  bool result = all(inside);
  for (; i < n; ++i) result &= (y[i] >= low) & (y[i] <= high);
  return result;
}

/// The least and the largest number of a range.
template <class T>
std::pair<T, T> bounds_of(const Range& range) {
  constexpr T inf = std::numeric_limits<T>::infinity();
  const auto low = static_cast<T>(range.low), high = static_cast<T>(range.high);
  return {range.low_open ? std::nextafter(low, inf) : low,
          range.high_open ? std::nextafter(high, -inf) : high};
}

/// Whether none of the n numbers is 0.
template <class T>
bool none_zero(const T* y, std::int64_t n) {
  Mask<T> other = Lanes<T>(0.0) <= Lanes<T>(0.0);
  std::int64_t i = 0;
  for (; i + Lanes<T>::size <= n; i += Lanes<T>::size)
    other = other && !(Lanes<T>::load(y + i) == Lanes<T>(0.0));
  bool result = all(other);
  for (; i < n; ++i) result &= y[i] != 0;
  return result;
}

}  // namespace downhill::detail
