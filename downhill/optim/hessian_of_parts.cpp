#include "downhill/optim/detail/hessian_of_parts.h"

namespace downhill::detail {

LinearOperator hessian_of_parts(std::span<const Part> parts, Context& context) {
  return [parts, &context](const std::vector<double>& v) {
    Tensors direction;
    std::span<const double> from = v;
    for (const Part& part : parts) {
      direction.push_back(Tensor::empty(part.parameter.shape(), part.parameter.type()));
      const auto n = static_cast<std::size_t>(part.parameter.elements());
      flat::write(from.first(n), direction.back());
      from = from.subspan(n);
    }
    return flatten(context.hessian_product(direction));
  };
}

}  // namespace downhill::detail
