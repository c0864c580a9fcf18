#pragma once
#include "downhill/autodiff/node.h"

// Sums run in the data's type inside a block of 4,096 elements and in double across blocks, in an
// order that does not depend on threads.

namespace downhill {

Tensor sum(const Tensor& x);  ///< of all elements, a scalar
Tensor sum(const Tensor& x, int axis, bool keep_axis = false);
Tensor mean(const Tensor& x);  ///< UsageError if there is none
Tensor mean(const Tensor& x, int axis, bool keep_axis = false);
/// The largest; NaN if any is NaN. The gradient goes to the first largest element.
Tensor max(const Tensor& x);
Tensor max(const Tensor& x, int axis, bool keep_axis = false);
/// Index of the first largest element along an axis, int64. A NaN counts as the largest.
Tensor argmax(const Tensor& x, int axis = -1);
/// sqrt(sum x^2), without overflow in between; gradient x / norm, 0 at 0.
Tensor norm(const Tensor& x);
/// sum of a * b over all elements.
Tensor dot(const Tensor& a, const Tensor& b);

}  // namespace downhill
