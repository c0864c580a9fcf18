#include "downhill/inspect/gauss_newton.h"

#include "downhill/core/error.h"

namespace downhill {
namespace {

HessianProduct hessian_in(const Tensor& outputs, const std::function<Tensor(const Tensor&)>& loss) {
  if (!outputs.requires_grad())
    throw_usage("gauss_newton", "the outputs do not depend on the parameters");
  return HessianProduct([&](const Tensors& z) { return loss(z[0]); }, {outputs.detach()});
}

}  // namespace

GaussNewtonProduct::GaussNewtonProduct(const Tensor& outputs,
                                       const std::function<Tensor(const Tensor&)>& loss,
                                       const Tensors& leaves)
    : outputs_(outputs, leaves), loss_(hessian_in(outputs, loss)) {}

Tensors GaussNewtonProduct::operator()(const Tensors& direction) const {
  return outputs_.transposed(loss_({outputs_(direction)})[0]);
}

Tensors EmpiricalFisherProduct::operator()(const Tensors& direction) const {
  Tensor along = each_(direction);
  const auto n = static_cast<double>(along.elements());
  for (std::int64_t i = 0; i < along.elements(); ++i) along.set(i, along.at(i) / n);
  return each_.transposed(along);
}

}  // namespace downhill
