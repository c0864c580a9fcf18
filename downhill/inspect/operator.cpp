#include "downhill/inspect/operator.h"

#include <string>

#include "downhill/core/error.h"

namespace downhill {

std::int64_t count_elements(const Tensors& tensors) {
  std::int64_t count = 0;
  for (const Tensor& t : tensors) count += t.elements();
  return count;
}

std::vector<double> flatten(const Tensors& tensors) {
  std::vector<double> flat;
  flat.reserve(static_cast<std::size_t>(count_elements(tensors)));
  for (const Tensor& t : tensors)
    with_type(t.type(), [&]<class T>() {
      for (const T value : t.values<T>()) flat.push_back(static_cast<double>(value));
    });
  return flat;
}

Tensors unflatten(const std::vector<double>& flat, const Tensors& like) {
  const std::int64_t count = count_elements(like);
  if (static_cast<std::int64_t>(flat.size()) != count)
    throw_usage("unflatten", "the vector has " + std::to_string(flat.size()) +
                                 " elements; the tensors have " + std::to_string(count));
  Tensors result;
  result.reserve(like.size());
  auto from = flat.begin();
  for (const Tensor& t : like) {
    result.push_back(Tensor::empty(t.shape(), t.type()));
    with_type(t.type(), [&]<class T>() {
      for (T& value : result.back().values<T>()) value = static_cast<T>(*from++);
    });
  }
  return result;
}

LinearOperator hessian_operator(const HessianProduct& product, double scale) {
  return [&product, scale](const std::vector<double>& direction) {
    std::vector<double> result = flatten(product(unflatten(direction, product.gradient())));
    if (scale != 1)
      for (double& value : result) value *= scale;
    return result;
  };
}

}  // namespace downhill
