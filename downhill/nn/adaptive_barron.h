#pragma once
#include "downhill/nn/module.h"

namespace downhill::nn {

/// Barron's robust loss with its shape and scale learned from the residuals: the negative log
/// likelihood of the density that goes as e^-L, so that neither can grow for nothing.
///
///     alpha = 0.001 + 1.998 sigmoid(latent_alpha),    c = e^log_scale
///     q = (prediction - target) / c,    b = 2 - alpha
///     L = b / alpha ((q^2 / b + 1)^(alpha / 2) - 1) + log c + log Z(alpha)
///     Z(alpha) = integral of e^-L(q) dq, so that Z(2) = sqrt(2 pi), Z(0) = sqrt(2) pi
///
///     nn::AdaptiveBarron loss;
///     loss(model(x), y).backward();     // loss.parameters() go to the optimizer too
///
/// Parameters `latent_alpha` and `log_scale`, both from 0: alpha = 1, c = 1.
///
/// Shapes      prediction (...), target (...) equal; result the mean, a scalar; `each` one value per
///             element.
/// Units       nats, of a density in the target's units.
/// Gradient    smooth, in prediction, alpha and c.
/// Numerics    Z by the trapezoidal rule in asinh(q), right to 1e-10 for every alpha in (0, 2);
///             errors beyond 1e18 c (float32) overflow.
/// Throws      UsageError if shapes or types differ.
/// Source      Barron, A General and Adaptive Robust Loss Function, arXiv 1701.03077, equations 8,
///             16 and 17.
/// Differs     the author's code looks Z up in a spline and has the scale by softplus.
class AdaptiveBarron : public Module {
 public:
  AdaptiveBarron();

  Tensor operator()(const Tensor& prediction, const Tensor& target) const;
  Tensor each(const Tensor& prediction, const Tensor& target) const;
  double alpha() const;
  double scale() const;

  Tensor latent_alpha, log_scale;
};

}  // namespace downhill::nn
