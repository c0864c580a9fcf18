#include "downhill/ops/random.h"

#include <utility>

namespace downhill {
namespace {

template <class Draw>
Tensor filled(const Shape& shape, Type type, Draw draw) {
  Tensor result = Tensor::empty(shape, type);
  with_floating(type, [&]<class T>() {
    for (T& x : result.values<T>()) x = static_cast<T>(draw());
  });
  return result;
}

}  // namespace

Tensor random_uniform(Random& random, const Shape& shape, double low, double high, Type type) {
  return filled(shape, type, [&] { return low + (high - low) * random.uniform(); });
}

Tensor random_normal(Random& random, const Shape& shape, double mean, double deviation, Type type) {
  return filled(shape, type, [&] { return mean + deviation * random.normal(); });
}

Tensor permutation(Random& random, std::int64_t count) {
  Tensor result = Tensor::arange(count, Type::i64);
  auto order = result.values<std::int64_t>();
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[static_cast<std::size_t>(random.below(i))]);
  return result;
}

}  // namespace downhill
