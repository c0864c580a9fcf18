#pragma once
#include <functional>
#include <string>
#include <vector>

#include "bench/table.h"
#include "bench/torch_side.h"
#include "downhill/losses/loss.h"

// What rows of losses do: value and gradient of the mean, ours and libtorch's.

namespace bench {

/// Value, then the gradient as backward leaves it.
inline std::function<void()> value_and_gradient(const downhill::Loss& loss,
                                                const std::vector<downhill::Tensor>& predictions,
                                                const std::vector<downhill::Tensor>& targets) {
  std::vector<downhill::Tensor> p;
  for (const downhill::Tensor& x : predictions)
    p.push_back(x.clone()), p.back().requires_grad(true);
  return [loss, p, targets]() mutable {
    for (downhill::Tensor& x : p) x.zero_grad();
    loss(p, targets).backward();
  };
}

inline torch_side::Array array(const downhill::Tensor& x) {
  torch_side::Array a;
  if (x.type() == downhill::Type::i64) a.labels = x.data<std::int64_t>();
  else a.numbers = x.data<float>();
  for (int k = 0; k < x.rank(); ++k) a.shape.push_back(x.shape()[k]);
  return a;
}
inline torch_side::LossWork torch_loss(const std::string& name,
                                       const std::vector<downhill::Tensor>& predictions,
                                       const std::vector<downhill::Tensor>& targets) {
  std::vector<torch_side::Array> p, y;
  for (const downhill::Tensor& x : predictions) p.push_back(array(x));
  for (const downhill::Tensor& x : targets) y.push_back(array(x));
  return torch_side::loss(name, p, y);
}

}  // namespace bench
