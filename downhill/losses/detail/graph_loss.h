#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "downhill/losses/detail/fused.h"

namespace downhill::detail {

/// A loss written in tensor operations: `each` is one value per row (leading axis of the first
/// prediction), or one for all; reduction and weights follow. Without `check`, all predictions must
/// have one shape.
struct GraphFormula {
  using Tensors = std::span<const Tensor>;
  std::vector<std::string> predictions, targets;
  std::function<Tensor(Tensors predictions, Tensors targets)> each;
  std::function<void(Tensors predictions, Tensors targets)> check = {};
};
std::shared_ptr<const AnyLoss> graph_loss(GraphFormula formula, Declaration declared);

}  // namespace downhill::detail
