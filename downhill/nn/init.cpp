#include "downhill/nn/init.h"

#include <unistd.h>

#include <atomic>
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

namespace {

// 0 for the main thread, whoever is first. The others' are counted down from the largest, far from
// streams that are chosen by hand.
std::uint64_t stream_of_thread() {
  static std::atomic<std::uint64_t> others{0};
  return gettid() == getpid() ? 0 : --others;
}

}  // namespace

Random& default_random() {
  thread_local Random random(0, stream_of_thread());
  return random;
}

void seed(std::uint64_t value) {
  Random& random = default_random();
  random = Random(value, random.stream());
}

}  // namespace downhill::nn
