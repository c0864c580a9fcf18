#include "downhill/metrics/detail/measured.h"

#include <fmt/format.h>

#include <cmath>

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

std::vector<double> ordered_weights(std::span<const double> weights,
                                    std::span<const std::int64_t> order) {
  std::vector<double> ordered(order.size(), 1.0);
  if (!weights.empty())
    for (std::size_t i = 0; i < order.size(); ++i)
      ordered[i] = weights[static_cast<std::size_t>(order[i])];
  return ordered;
}

}  // namespace downhill::metrics_detail
