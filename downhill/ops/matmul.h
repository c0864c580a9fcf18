#pragma once
#include "downhill/autodiff/node.h"

namespace downhill {

/// The matrix product op(a) op(b) of two matrices, op a transpose where asked for (a flag to the
/// product, not a copy). Differentiable to any order.
Tensor matmul(const Tensor& a, const Tensor& b, bool transpose_a = false, bool transpose_b = false);

/// x W^T + b: x (rows, in), weight (out, in) as PyTorch has it, bias (out) or undefined. One node.
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias = {});

}  // namespace downhill
