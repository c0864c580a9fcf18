#pragma once
#include <functional>
#include <vector>

#include "downhill/tensor/tensor.h"

// Derivatives as functions of functions. The points are made leaves for the time of the call; what
// they were before is left alone. All points must be floating.

namespace downhill {

using Tensors = std::vector<Tensor>;
/// A scalar function of tensors, and a tensor-valued one.
using ScalarFunction = std::function<Tensor(const Tensors&)>;
using TensorFunction = std::function<Tensor(const Tensors&)>;

/// d output / d inputs for a scalar already computed. Zeros where it does not depend on an input.
/// `create_graph` records the result, so that it can be differentiated again (and keeps the graph).
Tensors gradients(const Tensor& output, const Tensors& inputs, bool create_graph = false,
                  bool retain_graph = false);
/// The same for any output and its cotangent.
Tensors gradients(const Tensor& output, const Tensor& cotangent, const Tensors& inputs,
                  bool create_graph = false, bool retain_graph = false);

struct ValueAndGrad {
  Tensor value;
  Tensors gradients;
};
ValueAndGrad value_and_grad(const ScalarFunction& f, const Tensors& at);

/// v^T J: the cotangent of the output, carried back to each input.
Tensors vjp(const TensorFunction& f, const Tensors& at, const Tensor& cotangent);

/// J v: how the output moves when the inputs move along `direction`. By differentiating the reverse
/// pass with respect to its cotangent, in which it is linear.
Tensor jvp(const TensorFunction& f, const Tensors& at, const Tensors& direction);

/// H v: the derivative of the gradient along `direction`, exact, without forming H.
Tensors hvp(const ScalarFunction& f, const Tensors& at, const Tensors& direction);

/// Many products with one Hessian: the gradient is recorded once.
class HessianProduct {
 public:
  HessianProduct(const ScalarFunction& f, const Tensors& at);
  /// For a loss already computed on leaves (a model's parameters).
  HessianProduct(const Tensor& loss, const Tensors& leaves);
  Tensors operator()(const Tensors& direction) const;
  double value() const { return value_; }
  const Tensors& gradient() const { return gradient_; }

 private:
  Tensors points_, gradient_;
  double value_ = 0;
};

/// The derivative J of an output already computed on leaves (a model's), as a linear map both ways.
/// The graph is kept and the reverse pass recorded once: J v is its derivative in the cotangent.
class Jacobian {
 public:
  Jacobian(const Tensor& output, const Tensors& leaves);
  Tensor operator()(const Tensors& direction) const;  ///< J v, in the output's shape
  Tensors transposed(const Tensor& cotangent) const;  ///< v' J, zeros where nothing depends
  const Tensor& output() const { return output_; }

 private:
  Tensors leaves_, pulled_;
  Tensor output_, cotangent_;
};

/// How many tensors that require a gradient, and are none of `known`, the output was computed from.
std::int64_t other_leaves(const Tensor& output, const Tensors& known);

/// The whole Hessian, (n, n) over all elements of all inputs in order; n at most 10,000.
Tensor hessian(const ScalarFunction& f, const Tensors& at);

/// How far derivatives are from finite differences (4-point central, Richardson's two step sizes).
struct Gradcheck {
  double worst = 0;  ///< max |ours - reference| / max(|reference|, 1e-3 of the largest entry)
  int input = -1;    ///< where the worst was found
  std::int64_t element = -1;
  double ours = 0, reference = 0;
  std::int64_t compared = 0;
};
/// First derivatives of a scalar function; float64 only. `step` is relative to max(1, |x|).
Gradcheck gradcheck(const ScalarFunction& f, const Tensors& at, double step = 1e-3);
/// Second derivatives: the gradient's differences against Hessian columns.
Gradcheck gradcheck_second(const ScalarFunction& f, const Tensors& at, double step = 1e-3);

}  // namespace downhill
