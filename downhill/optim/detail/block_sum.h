#pragma once
#include <cstdint>

#include "downhill/core/parallel.h"
#include "downhill/tensor/tensor.h"

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

}  // namespace downhill::detail
