#pragma once
#include <functional>
#include <vector>

#include "downhill/losses/detail/fused.h"

namespace downhill::detail {

/// A loss written in tensor operations: `each` is one value per row; reduction and weights follow.
struct GraphFormula {
  std::vector<std::string> inputs;
  std::function<Tensor(std::span<const Tensor>)> each;
};
std::shared_ptr<const AnyLoss> graph_loss(GraphFormula formula, Declaration declared);

}  // namespace downhill::detail
