#pragma once
#include <functional>

#include "downhill/autodiff/functional.h"

namespace downhill {

/// Products with the generalised Gauss-Newton matrix G = J' H_L J, J the derivative of a model's
/// outputs and H_L the Hessian of the loss in them: the Hessian where the model is linear, and
/// without negative eigenvalues where the loss is convex in the outputs. Where the loss is a negative
/// log likelihood in its natural parameters (cross_entropy, bce_with_logits, poisson_nll; mse up to a
/// factor) G is the Fisher information too.
///
/// Source  Schraudolph, Fast curvature matrix-vector products, 2002; Martens 2020, section 8.
class GaussNewtonProduct {
 public:
  /// `outputs`: recorded on the leaves; `loss`: one number, of outputs. UsageError for anything else.
  GaussNewtonProduct(const Tensor& outputs, const std::function<Tensor(const Tensor&)>& loss,
                     const Tensors& leaves);
  Tensors operator()(const Tensors& direction) const;

 private:
  Jacobian outputs_;
  HessianProduct loss_;
};

/// Products with the empirical Fisher 1/n sum_i g_i g_i', g_i the gradient of row i's loss: how much
/// the rows disagree. It is no curvature: far from the labels that the model would draw itself it is
/// neither Fisher information nor Hessian (Kunstner, Balles, Hennig 2019).
class EmpiricalFisherProduct {
 public:
  /// `each`: the losses of the rows, recorded on the leaves.
  EmpiricalFisherProduct(const Tensor& each, const Tensors& leaves) : each_(each, leaves) {}
  Tensors operator()(const Tensors& direction) const;

 private:
  Jacobian each_;
};

}  // namespace downhill
