#pragma once
#include "downhill/core/processor.h"
#include "downhill/ops/map.h"

// Activations: each one formula, differentiable to second order. NaN stays NaN.

namespace downhill::nn {

Tensor relu(const Tensor& x);                             ///< max(x, 0); slope 0 at 0
Tensor leaky_relu(const Tensor& x, double slope = 0.01);  ///< x, or slope x below 0
Tensor elu(const Tensor& x, double alpha = 1);            ///< x, or alpha (e^x - 1) below 0
/// x (1 + erf(x / sqrt 2)) / 2: the exact form, not the tanh approximation. arXiv 1606.08415.
Tensor gelu(const Tensor& x);
Tensor silu(const Tensor& x);      ///< x sigmoid(x)
Tensor softplus(const Tensor& x);  ///< log(1 + e^x)
Tensor sigmoid(const Tensor& x);
Tensor tanh(const Tensor& x);

namespace detail {
struct Activations {
  Formula leaky_relu, elu, gelu, silu;
  Formula (*make_leaky_relu)(double slope);
  Formula (*make_elu)(double alpha);
};
template <Level>
const Activations& level_activations();
const Activations& activations();
}  // namespace detail

}  // namespace downhill::nn
