#pragma once
#include <cstdint>
#include <utility>

#include "downhill/core/random.h"
#include "downhill/tensor/tensor.h"

namespace downhill::data_detail {

/// 0 .. count-1 in random order (Fisher and Yates).
inline Tensor permutation(std::int64_t count, std::uint64_t seed, std::uint64_t stream) {
  Tensor order = Tensor::arange(count, Type::i64);
  auto* rows = order.data<std::int64_t>();
  Random random(seed, stream);
  for (std::int64_t i = count; i > 1; --i)
    std::swap(rows[i - 1], rows[random.below(static_cast<std::uint64_t>(i))]);
  return order;
}

}  // namespace downhill::data_detail
