#include "downhill/ops/elementwise.h"

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace {

template <class F>
Formula one(const char* name, F f) {
  return compile_formula<1, 1>(name, f);
}
template <class F>
Formula two(const char* name, F f) {
  return compile_formula<2, 2>(name, f);
}

struct Power {
  double exponent;
  auto operator()(auto x) const { return pow(x, exponent); }
};

}  // namespace
}  // namespace DOWNHILL_LEVEL

template <>
const detail::Elementwise& detail::level_elementwise<kLevel>() {
  static const detail::Elementwise table{
      .exp = one("exp", [](auto x) { return exp(x); }),
      .expm1 = one("expm1", [](auto x) { return expm1(x); }),
      .log = one("log", [](auto x) { return log(x); }),
      .log1p = one("log1p", [](auto x) { return log1p(x); }),
      .sqrt = one("sqrt", [](auto x) { return sqrt(x); }),
      .abs = one("abs", [](auto x) { return abs(x); }),
      .square = one("square", [](auto x) { return x * x; }),
      .sin = one("sin", [](auto x) { return sin(x); }),
      .cos = one("cos", [](auto x) { return cos(x); }),
      .tanh = one("tanh", [](auto x) { return tanh(x); }),
      .erf = one("erf", [](auto x) { return erf(x); }),
      .sigmoid = one("sigmoid", [](auto x) { return sigmoid(x); }),
      .softplus = one("softplus", [](auto x) { return softplus(x); }),
      .relu = one("relu", [](auto x) { return where(x <= 0.0, 0.0, x); }),
      .maximum = two("maximum", [](auto a, auto b) { return max(a, b); }),
      .minimum = two("minimum", [](auto a, auto b) { return min(a, b); }),
      .pow = two("pow", [](auto a, auto b) { return pow(a, b); }),
      .add = two("add", [](auto a, auto b) { return a + b; }),
      .subtract = two("subtract", [](auto a, auto b) { return a - b; }),
      .multiply = two("multiply", [](auto a, auto b) { return a * b; }),
      .divide = two("divide", [](auto a, auto b) { return a / b; }),
      .power = [](double exponent) { return one("pow", Power{exponent}); },
  };
  return table;
}

}  // namespace downhill
