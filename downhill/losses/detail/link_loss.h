#pragma once
#include <memory>

#include "downhill/losses/detail/fused.h"
#include "downhill/losses/from.h"

namespace downhill::detail {

/// A loss of probabilities that is given logits: sigmoid or softmax, then the loss. What it ignores
/// or weighs 0 reaches neither value nor gradient. Itself where `from` is probability.
std::shared_ptr<const AnyLoss> link_loss(std::shared_ptr<const AnyLoss> of, From from);

}  // namespace downhill::detail
