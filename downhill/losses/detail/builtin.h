#pragma once
#include <cstddef>
#include <memory>

#include "downhill/losses/detail/fused.h"
#include "downhill/losses/list.h"

namespace downhill::detail {

using LossPtr = std::shared_ptr<const AnyLoss>;

/// The compiled form of a loss of the list, made inside the library for the machine's level.
LossPtr builtin_loss(std::size_t index, const void* options);

}  // namespace downhill::detail
