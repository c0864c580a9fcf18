#pragma once
#include "downhill/autodiff/node.h"

// Elements by number. All differentiable to any order.

namespace downhill {

/// Rows x[index[i]] of the leading axis; int64 indices, checked. A repeated row adds its gradients.
Tensor gather(const Tensor& x, const Tensor& index);
/// The transpose of gather: rows are added into a tensor of `rows` leading entries.
Tensor scatter_add(const Tensor& x, const Tensor& index, std::int64_t rows);
/// One element of each row: x[i, index[i]] for x (..., C) and index (...).
Tensor pick(const Tensor& x, const Tensor& index);

}  // namespace downhill
