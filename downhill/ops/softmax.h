#pragma once
#include "downhill/autodiff/node.h"

// Over one axis, shifted by the largest element, so that nothing overflows. Differentiable to
// second order, as exponentials are: a third derivative is refused.

namespace downhill {

/// log(sum(e^x)) along an axis; -inf where all are -inf.
Tensor logsumexp(const Tensor& x, int axis = -1, bool keep_axis = false);
/// e^x / sum(e^x) along an axis.
Tensor softmax(const Tensor& x, int axis = -1);
/// x - logsumexp(x).
Tensor log_softmax(const Tensor& x, int axis = -1);

}  // namespace downhill
