#include "downhill/train/detail/layers.h"

#include <algorithm>

namespace downhill::detail {
namespace {

bool is_weight(const Parameter& parameter) { return parameter.tensor.shape().rank() >= 2; }

}  // namespace

bool has_layers(std::span<const Parameter> parameters) {
  return std::ranges::count_if(parameters, is_weight) >= 2;
}

std::vector<LayerRecord> layers_of(std::span<const Parameter> parameters,
                                   std::span<const TensorSums> sums) {
  std::vector<LayerRecord> layers;
  if (!has_layers(parameters)) return layers;
  for (std::size_t i = 0; i < sums.size(); ++i)
    if (is_weight(parameters[i]))
      layers.push_back({.name = std::string(sums[i].name),
                        .gradient = sums[i].gradient,
                        .update = sums[i].direction,
                        .parameter = sums[i].parameter});
  return layers;
}

}  // namespace downhill::detail
