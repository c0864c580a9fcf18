#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "downhill/core/error.h"
#include "downhill/losses/detail/all_between.h"
#include "downhill/losses/detail/declaration.h"
#include "downhill/losses/detail/streams.h"

// Predictions that cannot be: a variance or another parameter below 0, where the loss would clamp it and
// give a number all the same, and a probability outside of [0, 1].

namespace downhill::detail {

/// Whether none of n numbers, so far apart, is below `low` or above `high`; NaN is neither.
template <class T>
bool none_outside(const T* x, std::int64_t n, std::int64_t stride, T low, T high) {
  std::int64_t i = 0;
  bool result = true;
  if (stride == 1) {
    const Lanes<T> least(low), most(high);
    Mask<T> outside = Lanes<T>(0.0) < Lanes<T>(0.0);
    for (; i + Lanes<T>::size <= n; i += Lanes<T>::size) {
      const auto here = Lanes<T>::load(x + i);
      outside = outside || here < least || here > most;
    }
    result = all(!outside);
  }
  for (; i < n; ++i) result &= !((x[i * stride] < low) | (x[i * stride] > high));
  return result;
}

/// Where the k-th stream of predictions must lie; no range where NaN tells what is outside.
inline std::optional<Range> range_of_prediction(const Declaration& declared, std::size_t k) {
  const auto& takes = declared.takes;
  const Takes one = takes[std::min(k, takes.size() - 1)];
  if (one == Takes::positive && *declared.floor.option != 0) return Range{0, kInfinity};
  return one == Takes::probability ? std::optional(kUnit) : std::nullopt;
}

/// Whether all predictions of a block that count are possible; NaN is for the loss to tell.
template <class T>
bool all_possible(const Declaration& declared, const Streams<T>& streams, const T* weight,
                  std::int64_t begin, std::int64_t end) {
  for (std::size_t k = 0; k < streams.moving; ++k) {
    const auto range = range_of_prediction(declared, k);
    if (!range) continue;
    const auto [low, high] = bounds_of<T>(*range);
    const std::int64_t stride = streams.stride[k];
    if (none_outside(streams.in[k] + begin * stride, end - begin, stride, low, high)) continue;
    if (weight == nullptr) return false;
    for (std::int64_t i = begin; i < end; ++i)
      if (weight[i] != 0 && !none_outside(streams.in[k] + i * stride, 1, 1, low, high))
        return false;
  }
  return true;
}

/// Names the prediction of element i that cannot be.
template <class T>
void refuse_prediction(const std::string& loss, const Declaration& declared,
                       const Streams<T>& streams, std::int64_t i) {
  for (std::size_t k = 0; k < streams.moving; ++k) {
    const auto range = range_of_prediction(declared, k);
    const T x = streams.in[k][i * streams.stride[k]];
    if (!range || range->contains(x) || std::isnan(x)) continue;
    const auto& names = declared.outputs;
    throw_usage(loss, fmt::format("{}[{}] = {} is outside {}",
                                  k < names.size() ? names[k] : "prediction", i, x, range->text()));
  }
}

}  // namespace downhill::detail
