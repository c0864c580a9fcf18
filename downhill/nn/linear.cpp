#include "downhill/nn/linear.h"

#include "downhill/core/error.h"
#include "downhill/nn/init.h"
#include "downhill/ops/matmul.h"

namespace downhill::nn {

Linear::Linear(std::int64_t in, std::int64_t out, bool with_bias)
    : Linear(in, out, default_random(), with_bias) {}

Linear::Linear(std::int64_t in, std::int64_t out, Random& random, bool with_bias) {
  if (in < 1 || out < 1) throw_usage("linear", "sizes must be at least 1");
  weight = Tensor::empty({out, in});
  torch_uniform(weight, in, random);
  add("weight", weight);
  if (!with_bias) return;
  bias = Tensor::empty({out});
  torch_uniform(bias, in, random);
  add("bias", bias);
}

Tensor Linear::operator()(const Tensor& x) const { return linear(x, weight, bias); }

}  // namespace downhill::nn
