#pragma once
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Rows along the last axis, each of length 1; a row of zeros stays one, with slope 0. No square
/// overflows or underflows. Differentiable to second order and beyond.
Tensor directions(const Tensor& x);

/// The length of each row along the last axis, sqrt(sum_i x_i^2), under the same conditions.
Tensor lengths(const Tensor& x, bool keep_axis = false);

}  // namespace downhill
