#include "downhill/nn/adaptive_barron.h"

#include <cmath>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/softmax.h"

namespace downhill::nn {
namespace {

constexpr double kLowest = 0.001, kWidth = 1.998;  // of alpha, away from both singular ends
constexpr double kStep = 0.05, kEnd = 34;  // of asinh(q): e^-34 of the heaviest tail is left

Tensor shape_of(const Tensor& latent) { return sigmoid(latent) * kWidth + kLowest; }

/// Barron's loss of squares of residuals over the scale.
Tensor barron(const Tensor& squares, const Tensor& alpha) {
  const Tensor b = 2.0 - alpha;
  return b / alpha * expm1(alpha * 0.5 * log1p(squares / b));
}

/// log Z(alpha) = log of the sum of e^-L(q) dq/du du over u = asinh(q), both signs.
Tensor log_partition(const Tensor& alpha) {
  std::vector<double> squares, log_weights;
  for (double u = 0; u <= kEnd; u += kStep) {
    squares.push_back(std::sinh(u) * std::sinh(u));
    log_weights.push_back(std::log((u == 0 ? 1 : 2) * kStep * std::cosh(u)));
  }
  const Type type = alpha.type();
  return logsumexp(Tensor::from(log_weights).to(type) -
                   barron(Tensor::from(squares).to(type), alpha));
}

}  // namespace

AdaptiveBarron::AdaptiveBarron() : latent_alpha(Tensor::zeros({})), log_scale(Tensor::zeros({})) {
  add("latent_alpha", latent_alpha);
  add("log_scale", log_scale);
}

Tensor AdaptiveBarron::each(const Tensor& prediction, const Tensor& target) const {
  check_same_type("adaptive_barron", "prediction", prediction, "target", target);
  check_same_shape("adaptive_barron", "prediction", prediction, "target", target);
  const Tensor alpha = shape_of(latent_alpha);
  const Tensor q = (prediction - target) * exp(-log_scale);
  return barron(square(q), alpha) + log_scale + log_partition(alpha);
}

Tensor AdaptiveBarron::operator()(const Tensor& prediction, const Tensor& target) const {
  return mean(each(prediction, target));
}

double AdaptiveBarron::alpha() const {
  return kLowest + kWidth / (1 + std::exp(-latent_alpha.item()));
}
double AdaptiveBarron::scale() const { return std::exp(log_scale.item()); }

}  // namespace downhill::nn
