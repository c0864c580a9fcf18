#pragma once
#include "downhill/core/processor.h"
#include "downhill/ops/map.h"

// Functions of one tensor, element by element, differentiable to second order. NaN stays NaN.

namespace downhill {

Tensor exp(const Tensor& x);
Tensor expm1(const Tensor& x);  ///< e^x - 1, exact near 0
Tensor log(const Tensor& x);    ///< -inf at 0, NaN below
Tensor log1p(const Tensor& x);  ///< log(1 + x), exact near 0
Tensor sqrt(const Tensor& x);   ///< slope inf at 0
Tensor abs(const Tensor& x);    ///< slope 0 at 0
Tensor square(const Tensor& x);
Tensor sin(const Tensor& x);
Tensor cos(const Tensor& x);
Tensor tanh(const Tensor& x);
Tensor erf(const Tensor& x);
Tensor sigmoid(const Tensor& x);   ///< 1 / (1 + e^-x)
Tensor softplus(const Tensor& x);  ///< log(1 + e^x), without overflow
Tensor relu(const Tensor& x);      ///< max(x, 0); slope 0 at 0
Tensor pow(const Tensor& x, double exponent);

Tensor maximum(const Tensor& a, const Tensor& b);  ///< slope at a tie: that of b
Tensor minimum(const Tensor& a, const Tensor& b);
Tensor pow(const Tensor& base, const Tensor& exponent);

namespace detail {
/// The built-in formulas, compiled for one processor level.
struct Elementwise {
  Formula exp, expm1, log, log1p, sqrt, abs, square, sin, cos, tanh, erf, sigmoid, softplus, relu;
  Formula maximum, minimum, pow, add, subtract, multiply, divide;
  Formula (*power)(double exponent);
};
template <Level>
const Elementwise& level_elementwise();
const Elementwise& elementwise();
}  // namespace detail

}  // namespace downhill
