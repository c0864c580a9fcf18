#include "downhill/autodiff/norms.h"

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/detail/root_of_squares.h"
#include "downhill/core/parallel.h"

namespace downhill {
namespace {

// sum (scale (a - b))^2; without b of a.
template <bool scaled, class T>
double squares(const T* a, const T* b, double scale, std::int64_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) {
    const double d = static_cast<double>(a[i]) - (b != nullptr ? static_cast<double>(b[i]) : 0.0);
    const double e = scaled ? scale * d : d;
    sum += e * e;
  }
  return sum;
}

template <bool scaled>
double squares(const Tensor& a, const Tensor* b, double scale) {
  return with_floating(a.type(), [&]<class T>() {
    const T* x = a.data<T>();
    const T* y = b != nullptr ? b->data<T>() : nullptr;
    const std::int64_t n = a.elements();
    const Tensor partial = Tensor::empty({blocks(n)}, Type::f64);
    parallel_blocks(n, [&](std::int64_t begin, std::int64_t end) {
      partial.data<double>()[begin / kBlock] =
          squares<scaled>(x + begin, y != nullptr ? y + begin : nullptr, scale, end - begin);
    });
    double sum = 0;
    for (const double part : partial.values<double>()) sum += part;
    return sum;
  });
}

double largest(const Tensor& a, const Tensor* b) {
  double most = 0;
  for (std::int64_t i = 0; i < a.elements(); ++i)
    most = std::max(most, std::abs(a.at(i) - (b != nullptr ? b->at(i) : 0)));
  return most;
}

/// `each(f)` calls f(a, b) for every tensor, or difference, whose norm it is.
template <class Each>
double norm(Each&& each) {
  const auto sum = [&](auto squares_of) {
    double all = 0;
    each([&](const Tensor& a, const Tensor* b) { all += squares_of(a, b); });
    return all;
  };
  return detail::root_of_squares(
      [&] { return sum([](const Tensor& a, const Tensor* b) { return squares<false>(a, b, 1); }); },
      [&] {
        double most = 0;
        each([&](const Tensor& a, const Tensor* b) { most = std::max(most, largest(a, b)); });
        return most;
      },
      [&](double scale) {
        return sum([&](const Tensor& a, const Tensor* b) { return squares<true>(a, b, scale); });
      });
}

}  // namespace

double norm_of(const Tensor& tensor) {
  return norm([&](auto&& use) { use(tensor, nullptr); });
}

double distance(const Tensor& a, const Tensor& b) {
  return norm([&](auto&& use) { use(a, &b); });
}

double gradient_norm(std::span<const Parameter> parameters) {
  return norm([&](auto&& use) {
    for (const Parameter& parameter : parameters)
      if (const Tensor g = parameter.tensor.grad(); g.defined()) use(g, nullptr);
  });
}

}  // namespace downhill
