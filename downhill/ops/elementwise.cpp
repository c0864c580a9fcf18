#include "downhill/ops/elementwise.h"

namespace downhill {

const detail::Elementwise& detail::elementwise() {
  static const Elementwise& chosen =
      at_best_level([]<Level level>() -> const Elementwise& { return level_elementwise<level>(); });
  return chosen;
}

using detail::elementwise;

Tensor exp(const Tensor& x) { return map(elementwise().exp, {&x}); }
Tensor expm1(const Tensor& x) { return map(elementwise().expm1, {&x}); }
Tensor log(const Tensor& x) { return map(elementwise().log, {&x}); }
Tensor log1p(const Tensor& x) { return map(elementwise().log1p, {&x}); }
Tensor sqrt(const Tensor& x) { return map(elementwise().sqrt, {&x}); }
Tensor abs(const Tensor& x) { return map(elementwise().abs, {&x}); }
Tensor square(const Tensor& x) { return map(elementwise().square, {&x}); }
Tensor sin(const Tensor& x) { return map(elementwise().sin, {&x}); }
Tensor cos(const Tensor& x) { return map(elementwise().cos, {&x}); }
Tensor tanh(const Tensor& x) { return map(elementwise().tanh, {&x}); }
Tensor erf(const Tensor& x) { return map(elementwise().erf, {&x}); }
Tensor sigmoid(const Tensor& x) { return map(elementwise().sigmoid, {&x}); }
Tensor softplus(const Tensor& x) { return map(elementwise().softplus, {&x}); }
Tensor relu(const Tensor& x) { return map(elementwise().relu, {&x}); }
Tensor pow(const Tensor& x, double exponent) { return map(elementwise().power(exponent), {&x}); }
Tensor maximum(const Tensor& a, const Tensor& b) { return map(elementwise().maximum, {&a, &b}); }
Tensor minimum(const Tensor& a, const Tensor& b) { return map(elementwise().minimum, {&a, &b}); }
Tensor pow(const Tensor& base, const Tensor& exponent) {
  return map(elementwise().pow, {&base, &exponent});
}

}  // namespace downhill
