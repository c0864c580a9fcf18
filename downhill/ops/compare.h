#pragma once
#include "downhill/autodiff/node.h"

namespace downhill {

// Comparisons of floating tensors give a uint8 mask (0 or 1); nothing is differentiated.
Tensor operator<(const Tensor& a, const Tensor& b);
Tensor operator<=(const Tensor& a, const Tensor& b);
Tensor operator>(const Tensor& a, const Tensor& b);
Tensor operator>=(const Tensor& a, const Tensor& b);
Tensor operator<(const Tensor& a, double b);
Tensor operator<=(const Tensor& a, double b);
Tensor operator>(const Tensor& a, double b);
Tensor operator>=(const Tensor& a, double b);
Tensor equal(const Tensor& a, const Tensor& b);  ///< any type
Tensor isnan(const Tensor& x);

/// Element by element `yes` where the uint8 mask is not 0, else `no`. Value and gradient of the one
/// not taken do not leak.
Tensor where(const Tensor& mask, const Tensor& yes, const Tensor& no);

}  // namespace downhill
