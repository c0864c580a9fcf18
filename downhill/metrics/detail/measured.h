#pragma once
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "downhill/metrics/figures.h"

namespace downhill::metrics_detail {

/// A metric's name and the range that it lies in.
struct MetricInfo {
  const char* name;
  double low = 0, high = 1;
  /// Drawing rows again adds to it (sizes of differences): samples are moved by what they have on
  /// average too much.
  bool grows_by_drawing = false;
};
inline constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// A metric on some rows: its value, or why it has none.
struct Measured {
  double value = 0;
  const char* undefined = nullptr;
};

inline constexpr const char* kNoWeight = "there are no rows of a weight above 0";

Figures figures_of(std::span<const MetricInfo> metrics, std::span<const Measured> measured);

/// DataError unless all are finite and at least 0; UsageError unless there is one per row, or none.
void check_weights(std::span<const double> weights, std::size_t rows);

/// What a row weighs: 1 where there are no weights.
inline double weight_at(std::span<const double> weights, std::size_t i) {
  return weights.empty() ? 1 : weights[i];
}

/// The place of a row, in half the memory of an index.
using Place = std::uint32_t;
/// 0 .. rows - 1. DataError for more than 4e9.
std::vector<Place> places_of(std::size_t rows);

/// The weights of the rows in that order; none without any.
std::vector<double> ordered_weights(std::span<const double> weights, std::span<const Place> order);

/// What stands at these places.
template <class T>
std::vector<T> taken(const std::vector<T>& from, std::span<const std::int64_t> places) {
  std::vector<T> some;
  some.reserve(places.size());
  for (const std::int64_t place : places) some.push_back(from[static_cast<std::size_t>(place)]);
  return some;
}

}  // namespace downhill::metrics_detail
