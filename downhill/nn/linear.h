#pragma once
#include "downhill/core/random.h"
#include "downhill/nn/module.h"

namespace downhill::nn {

/// y = x W^T + b. Parameters as PyTorch has them: `weight` (out, in) and `bias` (out), both from
/// U(-1/sqrt(in), 1/sqrt(in)).
///
/// Shapes      x (rows, in); result (rows, out).
class Linear : public Module {
 public:
  Linear(std::int64_t in, std::int64_t out, bool with_bias = true);
  Linear(std::int64_t in, std::int64_t out, Random& random, bool with_bias = true);

  Tensor operator()(const Tensor& x) const;

  Tensor weight, bias;
};

}  // namespace downhill::nn
