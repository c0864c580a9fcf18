#pragma once
#include <memory>

#include "downhill/formula/pointwise.h"
#include "downhill/losses/detail/fused.h"

namespace downhill::detail {

/// A loss from a formula of numbers, compiled or text: predictions first, then one target.
std::shared_ptr<const AnyLoss> pointwise_loss(std::shared_ptr<const Pointwise> formula,
                                              Declaration declared);

/// Checks that all tensors have one floating type and one shape, naming them.
void check_alike(const char* name, const LossInputs& in);
void check_weight(const char* name, const LossInputs& in, const Shape& items);

}  // namespace downhill::detail
