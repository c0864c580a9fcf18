#include "downhill/nn/dropout.h"

#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/core/parallel.h"
#include "downhill/core/random.h"
#include "downhill/nn/init.h"
#include "downhill/ops/arithmetic.h"

namespace downhill::nn {

Dropout::Dropout(double rate, std::optional<std::uint64_t> seed_value)
    : rate_(rate), state_(Tensor::zeros({2}, Type::i64)) {
  if (!kFraction.contains(rate))
    throw_usage("dropout", "rate = " + print_option(rate) + " is outside " + kFraction.text());
  add_buffer("random", state_);
  seed(seed_value ? *seed_value : default_random().bits());
}

void Dropout::seed(std::uint64_t value) {
  state_.data<std::int64_t>()[0] = static_cast<std::int64_t>(value);
  state_.data<std::int64_t>()[1] = 0;
}

Tensor Dropout::operator()(const Tensor& x) const {
  check_floating("dropout", "x", x);
  if (!training() || rate_ == 0) return x;
  std::int64_t* state = state_.data<std::int64_t>();
  const auto seed = static_cast<std::uint64_t>(state[0]),
             call = static_cast<std::uint64_t>(state[1]++);
  Tensor mask = Tensor::empty(x.shape(), x.type());
  const auto threshold = static_cast<std::uint64_t>(rate_ * 4294967296.0);
  with_floating(x.type(), [&]<class T>() {
    T* m = mask.data<T>();
    const T keep = static_cast<T>(1 / (1 - rate_));
    parallel_blocks(x.elements(), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; i += 4) {  // blocks begin at multiples of 4
        const auto words = philox(seed, call, static_cast<std::uint64_t>(i / 4));
        for (std::int64_t j = i; j < end && j < i + 4; ++j)
          m[j] = words[static_cast<std::size_t>(j - i)] < threshold ? T(0) : keep;
      }
    });
  });
  return x * mask;
}

}  // namespace downhill::nn
