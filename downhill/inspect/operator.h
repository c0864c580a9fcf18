#pragma once
#include <functional>
#include <vector>

#include "downhill/autodiff/functional.h"

namespace downhill {

/// v -> A v on flat vectors. The instruments work in double whatever the model's precision is.
using LinearOperator = std::function<std::vector<double>(const std::vector<double>&)>;

/// Elements of all tensors together.
std::int64_t count_elements(const Tensors& tensors);
/// All elements of all tensors, in order.
std::vector<double> flatten(const Tensors& tensors);
/// A flat vector in the shapes and types of `like`; UsageError if the length is another.
Tensors unflatten(const std::vector<double>& flat, const Tensors& like);

/// The Hessian as an operator on flat vectors, scaled. The product must outlive the operator.
LinearOperator hessian_operator(const HessianProduct& product, double scale = 1);

}  // namespace downhill
