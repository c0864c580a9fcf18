#pragma once
#include <span>
#include <vector>

#include "downhill/autodiff/parameter.h"
#include "downhill/runlog/records.h"

namespace downhill::detail {

// 2-norms, summed in double over fixed blocks, so that they do not depend on the number of threads.

double norm_of(const Tensor& tensor);
/// Of a - b.
double distance(const Tensor& a, const Tensor& b);
/// Of all gradients together; a parameter without one counts as 0.
double gradient_norm(std::span<const Parameter> parameters);

/// Norms of each weight (what has a rank of 2 or more) and of its gradient, for the log; nothing of a
/// model with one weight.
std::vector<LayerRecord> layers_of(std::span<const Parameter> parameters);

}  // namespace downhill::detail
