#pragma once
#include "downhill/autodiff/flat.h"
#include "downhill/optim/context.h"

namespace downhill::detail {

/// The Hessian at the parameters' present values as an operator on the parts' numbers, one after the
/// other. Parts and context must outlive it.
LinearOperator hessian_of_parts(std::span<const Part> parts, Context& context);

}  // namespace downhill::detail
