#include "downhill/nn/activations.h"

#include "downhill/ops/elementwise.h"

namespace downhill {

namespace nn {

const detail::Activations& detail::activations() {
  static const Activations& chosen =
      at_best_level([]<Level level>() -> const Activations& { return level_activations<level>(); });
  return chosen;
}

using detail::activations;

Tensor relu(const Tensor& x) { return downhill::relu(x); }
Tensor softplus(const Tensor& x) { return downhill::softplus(x); }
Tensor sigmoid(const Tensor& x) { return downhill::sigmoid(x); }
Tensor tanh(const Tensor& x) { return downhill::tanh(x); }
Tensor leaky_relu(const Tensor& x, double slope) {
  return map(slope == 0.01 ? activations().leaky_relu : activations().make_leaky_relu(slope), {&x});
}
Tensor elu(const Tensor& x, double alpha) {
  return map(alpha == 1 ? activations().elu : activations().make_elu(alpha), {&x});
}
Tensor gelu(const Tensor& x) { return map(activations().gelu, {&x}); }
Tensor silu(const Tensor& x) { return map(activations().silu, {&x}); }

}  // namespace nn
}  // namespace downhill
