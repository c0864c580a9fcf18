#pragma once
#include <span>
#include <vector>

#include "downhill/autodiff/parameter.h"
#include "downhill/runlog/records.h"
#include "downhill/train/observer.h"

namespace downhill::detail {

// 2-norms, summed in double over fixed blocks, so that they do not depend on the number of threads.

double norm_of(const Tensor& tensor);
/// Of a - b.
double distance(const Tensor& a, const Tensor& b);
/// Of all gradients together; a parameter without one counts as 0.
double gradient_norm(std::span<const Parameter> parameters);

/// Whether a model has layers to tell apart: two weights (what has a rank of 2 or more).
bool has_layers(std::span<const Parameter> parameters);
/// Of the sums of all parameters over a step those of the weights, for the log; nothing of a model without
/// layers, or without sums.
std::vector<LayerRecord> layers_of(std::span<const Parameter> parameters,
                                   std::span<const TensorSums> sums);

}  // namespace downhill::detail
