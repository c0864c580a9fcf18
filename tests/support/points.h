#pragma once
#include <vector>

#include "downhill/core/parallel.h"
#include "downhill/core/random.h"
#include "downhill/tensor/tensor.h"

/// Seeded numbers in [low, high), in the given shape.
inline downhill::Tensor points(const downhill::Shape& shape, std::uint64_t seed, double low = -2,
                               double high = 2, downhill::Type type = downhill::Type::f64) {
  downhill::Random random(seed);
  std::vector<double> values(static_cast<std::size_t>(shape.elements()));
  for (double& x : values) x = low + (high - low) * random.uniform();
  return downhill::Tensor::from(values, shape).to(type);
}

/// Seeded labels in [0, classes).
inline downhill::Tensor labels(const downhill::Shape& shape, std::int64_t classes,
                               std::uint64_t seed) {
  downhill::Random random(seed);
  std::vector<std::int64_t> values(static_cast<std::size_t>(shape.elements()));
  for (auto& x : values)
    x = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(classes)));
  return downhill::Tensor::from(values, shape);
}

/// Restores the number of threads.
class Threads {
 public:
  explicit Threads(int count) : before_(downhill::threads()) { downhill::set_threads(count); }
  ~Threads() { downhill::set_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};
