#pragma once
#include <span>
#include <vector>

#include "downhill/autodiff/parameter.h"
#include "downhill/runlog/records.h"
#include "downhill/train/observer.h"

namespace downhill::detail {

/// Whether a model has layers to tell apart: two weights (what has a rank of 2 or more).
bool has_layers(std::span<const Parameter> parameters);
/// Of the sums of all parameters over a step those of the weights, for the log; nothing of a model without
/// layers, or without sums.
std::vector<LayerRecord> layers_of(std::span<const Parameter> parameters,
                                   std::span<const TensorSums> sums);

}  // namespace downhill::detail
