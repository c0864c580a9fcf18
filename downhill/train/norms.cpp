#include "downhill/train/detail/norms.h"

#include <algorithm>
#include <cmath>

#include "downhill/core/parallel.h"

namespace downhill::detail {
namespace {

// sum (a - b)^2, or sum a^2 where there is no b.
template <class T>
double squares(const T* a, const T* b, std::int64_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) {
    const double d = static_cast<double>(a[i]) - (b != nullptr ? static_cast<double>(b[i]) : 0.0);
    sum += d * d;
  }
  return sum;
}

double squares(const Tensor& a, const Tensor* b) {
  return with_floating(a.type(), [&]<class T>() {
    const T* x = a.data<T>();
    const T* y = b != nullptr ? b->data<T>() : nullptr;
    const std::int64_t n = a.elements();
    const Tensor partial = Tensor::empty({blocks(n)}, Type::f64);
    parallel_blocks(n, [&](std::int64_t begin, std::int64_t end) {
      partial.data<double>()[begin / kBlock] =
          squares(x + begin, y != nullptr ? y + begin : nullptr, end - begin);
    });
    double sum = 0;
    for (const double part : partial.values<double>()) sum += part;
    return sum;
  });
}

}  // namespace

double norm_of(const Tensor& tensor) { return std::sqrt(squares(tensor, nullptr)); }

double distance(const Tensor& a, const Tensor& b) { return std::sqrt(squares(a, &b)); }

double gradient_norm(std::span<const Parameter> parameters) {
  double sum = 0;
  for (const Parameter& parameter : parameters)
    if (const Tensor g = parameter.tensor.grad(); g.defined()) sum += squares(g, nullptr);
  return std::sqrt(sum);
}

namespace {

bool is_weight(const Parameter& parameter) { return parameter.tensor.shape().rank() >= 2; }

}  // namespace

bool has_layers(std::span<const Parameter> parameters) {
  return std::ranges::count_if(parameters, is_weight) >= 2;
}

std::vector<LayerRecord> layers_of(std::span<const Parameter> parameters,
                                   std::span<const TensorSums> sums) {
  std::vector<LayerRecord> layers;
  if (!has_layers(parameters)) return layers;
  for (std::size_t i = 0; i < sums.size(); ++i)
    if (is_weight(parameters[i]))
      layers.push_back({.name = std::string(sums[i].name),
                        .gradient = sums[i].gradient,
                        .update = sums[i].direction,
                        .parameter = sums[i].parameter});
  return layers;
}

}  // namespace downhill::detail
