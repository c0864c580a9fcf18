#include "downhill/nn/init.h"

#include <cmath>

#include "downhill/core/error.h"
#include "downhill/ops/random.h"

namespace downhill::nn {
namespace {

struct Fans {
  explicit Fans(const Tensor& weight) {
    if (weight.rank() != 2)
      throw_usage("init", "weight has shape " + weight.shape().text() + "; expected (out, in)");
    in = static_cast<double>(weight.size(1));
    out = static_cast<double>(weight.size(0));
  }
  double in, out;
};

void uniform(Tensor& tensor, double a, Random& random) {
  tensor.assign(random_uniform(random, tensor.shape(), -a, a, tensor.type()));
}
void normal(Tensor& tensor, double deviation, Random& random) {
  tensor.assign(random_normal(random, tensor.shape(), 0, deviation, tensor.type()));
}

}  // namespace

void he_normal(Tensor& weight, Random& random) {
  normal(weight, std::sqrt(2 / Fans(weight).in), random);
}
void he_uniform(Tensor& weight, Random& random) {
  uniform(weight, std::sqrt(6 / Fans(weight).in), random);
}
void xavier_normal(Tensor& weight, Random& random) {
  const Fans fans(weight);
  normal(weight, std::sqrt(2 / (fans.in + fans.out)), random);
}
void xavier_uniform(Tensor& weight, Random& random) {
  const Fans fans(weight);
  uniform(weight, std::sqrt(6 / (fans.in + fans.out)), random);
}
void torch_uniform(Tensor& tensor, std::int64_t fan_in, Random& random) {
  uniform(tensor, fan_in > 0 ? 1 / std::sqrt(static_cast<double>(fan_in)) : 0, random);
}

Random& default_random() {
  thread_local Random random(0);
  return random;
}

void seed(std::uint64_t value) { default_random() = Random(value); }

}  // namespace downhill::nn
