#pragma once
#include "downhill/core/random.h"
#include "downhill/tensor/tensor.h"

// Counter-based: the numbers depend on seed, stream and position alone, not on threads.

namespace downhill {

Tensor random_uniform(Random& random, const Shape& shape, double low = 0, double high = 1,
                      Type type = Type::f32);
Tensor random_normal(Random& random, const Shape& shape, double mean = 0, double deviation = 1,
                     Type type = Type::f32);
/// 0 .. count-1 in random order, int64 (Fisher-Yates).
Tensor permutation(Random& random, std::int64_t count);

}  // namespace downhill
