#pragma once
#include "downhill/tensor/tensor.h"

namespace downhill {

// Of a network's outputs as they are. metrics/ has the figures of probabilities and numbers, with
// intervals.

/// Share of rows whose largest output is at the label.
double accuracy(const Tensor& outputs, const Tensor& labels);
/// The same for one logit per row: positive where it is above 0.
double binary_accuracy(const Tensor& outputs, const Tensor& labels);

}  // namespace downhill
