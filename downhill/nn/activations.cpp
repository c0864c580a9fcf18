#include "downhill/nn/activations.h"

#include "downhill/core/processor.h"
#include "downhill/ops/elementwise.h"

namespace downhill {

namespace level_base {
const nn::detail::Activations& level_activations();
}
namespace level_v3 {
const nn::detail::Activations& level_activations();
}

namespace nn {

const detail::Activations& detail::activations() {
  static const Activations& chosen =
#ifdef DOWNHILL_NO_V3
      level_base::level_activations();
#else
      use_v3() ? level_v3::level_activations() : level_base::level_activations();
#endif
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
