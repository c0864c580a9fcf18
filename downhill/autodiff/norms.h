#pragma once
#include <span>

#include "downhill/autodiff/parameter.h"

namespace downhill {

// 2-norms, summed in double over fixed blocks, so that they do not depend on the number of threads; exact
// also where squares leave a double's range.

double norm_of(const Tensor& tensor);
/// Of a - b.
double distance(const Tensor& a, const Tensor& b);
/// Of all gradients together; a parameter without one counts as 0.
double gradient_norm(std::span<const Parameter> parameters);

}  // namespace downhill
