#include "downhill/metrics/detail/measured.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "downhill/core/error.h"

namespace downhill::metrics_detail {

Figures figures_of(std::span<const MetricInfo> metrics, std::span<const Measured> measured) {
  Figures figures;
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (measured[i].undefined == nullptr)
      figures.metrics.emplace_back(metrics[i].name, measured[i].value);
    else figures.undefined.push_back({metrics[i].name, measured[i].undefined});
  }
  return figures;
}

void check_weights(std::span<const double> weights, std::size_t rows) {
  if (!weights.empty() && weights.size() != rows)
    throw_usage("metrics", fmt::format("there are {} weights for {} rows; expected one per row",
                                       weights.size(), rows));
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (!(weights[i] >= 0 && std::isfinite(weights[i])))
      throw_data("metrics", fmt::format("the weight of row {} is {}; expected a number from 0 on",
                                        i + 1, weights[i]));
}

std::vector<Place> places_of(std::size_t rows) {
  if (rows > std::numeric_limits<Place>::max())
    throw_data("metrics", fmt::format("there are {} rows; expected at most 4e9", rows));
  std::vector<Place> all(rows);
  std::iota(all.begin(), all.end(), Place{0});
  return all;
}

std::vector<double> ordered_weights(std::span<const double> weights, std::span<const Place> order) {
  std::vector<double> ordered;
  if (weights.empty()) return ordered;
  ordered.reserve(order.size());
  for (const Place i : order) ordered.push_back(weights[i]);
  return ordered;
}

}  // namespace downhill::metrics_detail
