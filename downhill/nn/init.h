#pragma once
#include "downhill/core/random.h"
#include "downhill/tensor/tensor.h"

// Initial values of weights (out, in). fan_in is the size of the last axis, fan_out of the first.

namespace downhill::nn {

/// N(0, 2 / fan_in), for relu. He et al., arXiv 1502.01852, equation 10.
void he_normal(Tensor& weight, Random& random);
/// U(-a, a), a = sqrt(6 / fan_in).
void he_uniform(Tensor& weight, Random& random);
/// N(0, 2 / (fan_in + fan_out)), for tanh and sigmoid. Glorot and Bengio, AISTATS 2010, section 4.
void xavier_normal(Tensor& weight, Random& random);
/// U(-a, a), a = sqrt(6 / (fan_in + fan_out)).
void xavier_uniform(Tensor& weight, Random& random);
/// PyTorch's: U(-a, a), a = 1 / sqrt(fan_in), for weight and bias of a Linear.
void torch_uniform(Tensor& tensor, std::int64_t fan_in, Random& random);

/// The random numbers that layers made without their own take their first values from. Each thread
/// has a stream of its own: that of the main thread is always the same, those of others follow the
/// order in which they first ask. `seed` starts this thread's again.
Random& default_random();
void seed(std::uint64_t value);

}  // namespace downhill::nn
