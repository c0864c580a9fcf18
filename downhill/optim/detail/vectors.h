#pragma once
#include <span>
#include <vector>

#include "downhill/core/parallel.h"
#include "downhill/optim/context.h"

namespace downhill::detail {

/// sum of f(i) for i = 0 .. n-1, in blocks: the same bits for any number of threads.
template <class F>
double block_sum(std::int64_t n, F&& f) {
  const Tensor partial = Tensor::empty({blocks(n)}, Type::f64);
  parallel_blocks(n, [&](std::int64_t begin, std::int64_t end) {
    double sum = 0;
    for (std::int64_t i = begin; i < end; ++i) sum += f(i);
    partial.data<double>()[begin / kBlock] = sum;
  });
  double total = 0;
  for (const double part : partial.values<double>()) total += part;
  return total;
}

/// All parameters as one vector of doubles, and back.
inline std::vector<double> flatten(std::span<const Tensor> tensors) {
  std::vector<double> all;
  for (const Tensor& t : tensors)
    with_floating(t.type(), [&]<class T>() {
      all.insert(all.end(), t.data<T>(), t.data<T>() + t.elements());
    });
  return all;
}

inline void unflatten(const std::vector<double>& values, std::span<const Tensor> tensors) {
  std::size_t at = 0;
  for (const Tensor& t : tensors)
    with_floating(t.type(), [&]<class T>() {
      for (T& x : t.values<T>()) x = static_cast<T>(values[at++]);
    });
}

/// sum a b. Not `dot`: inspect has a function of that name and signature, summed in blocks.
inline double inner(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// y += c x.
inline void add(double c, const std::vector<double>& x, std::vector<double>& y) {
  for (std::size_t i = 0; i < x.size(); ++i) y[i] += c * x[i];
}

/// One tensor of each part, in order: the parameters, the directions.
inline std::vector<Tensor> each(std::span<const Part> parts, Tensor Part::*which) {
  std::vector<Tensor> all;
  for (const Part& part : parts) all.push_back(part.*which);
  return all;
}

/// The gradients that backward left, zeros where there is none.
inline std::vector<double> gradient(std::span<const Part> parts) {
  std::vector<Tensor> gradients;
  for (const Part& part : parts) gradients.push_back(gradient_of(part));
  return flatten(gradients);
}

}  // namespace downhill::detail
