#include "downhill/nn/activations.h"

#include <numbers>

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace {

struct LeakyRelu {
  double slope;
  auto operator()(auto x) const { return where(x > 0.0, x, slope * x); }
};
struct Elu {
  double alpha;
  auto operator()(auto x) const {
    return where(x > 0.0, x, alpha * expm1(where(x > 0.0, 0.0, x)));  // of alpha = 1 smooth at 0
  }
};

Formula leaky_relu_of(double slope) {
  return compile_formula<1, 1>("leaky_relu", LeakyRelu{slope});
}
Formula elu_of(double alpha) { return compile_formula<1, 1>("elu", Elu{alpha}); }

}  // namespace
}  // namespace DOWNHILL_LEVEL

template <>
const nn::detail::Activations& nn::detail::level_activations<kLevel>() {
  static const nn::detail::Activations table{
      .leaky_relu = leaky_relu_of(0.01),
      .elu = elu_of(1),
      .gelu = compile_formula<1, 1>(
          "gelu", [](auto x) { return 0.5 * x * (1 + erf(x * (1 / std::numbers::sqrt2))); }),
      .silu = compile_formula<1, 1>("silu", [](auto x) { return x * sigmoid(x); }),
      .make_leaky_relu = leaky_relu_of,
      .make_elu = elu_of,
  };
  return table;
}

}  // namespace downhill
