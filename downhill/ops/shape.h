#pragma once
#include <vector>

#include "downhill/autodiff/node.h"

// Moving numbers around. All differentiable to any order; `reshape` is a member of Tensor.

namespace downhill {

/// Repeats axes of size 1 (and adds leading ones) up to `shape`.
Tensor expand(const Tensor& x, const Shape& shape);
/// Sums over the axes that `expand` from `shape` would repeat: its transpose.
Tensor sum_to(const Tensor& x, const Shape& shape);
/// Two axes exchanged (the last two by default).
Tensor transpose(const Tensor& x, int first = -2, int second = -1);
/// Elements begin .. end-1 of an axis; negative positions count from the end. Along axis 0 this is
/// a view of the same memory.
Tensor slice(const Tensor& x, std::int64_t begin, std::int64_t end, int axis = 0);
/// Tensors joined along an axis.
Tensor concat(const std::vector<Tensor>& parts, int axis = 0);
/// Adds an axis of size 1, or removes one.
Tensor unsqueeze(const Tensor& x, int axis);
Tensor squeeze(const Tensor& x, int axis);

}  // namespace downhill
