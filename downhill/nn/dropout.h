#pragma once
#include <optional>

#include "downhill/nn/module.h"

namespace downhill::nn {

/// In training, sets each element to 0 with probability `rate` and divides the others by 1 - rate;
/// otherwise passes x on. Its random numbers depend on a seed and a count of calls, both saved with
/// the model, so that a resumed run drops the same elements. Without a seed each layer draws one of
/// its own from `default_random()`.
/// Source: Srivastava et al., JMLR 15 (2014), in the inverted form.
class Dropout : public Module {
 public:
  explicit Dropout(double rate = 0.5, std::optional<std::uint64_t> seed = {});

  Tensor operator()(const Tensor& x) const;
  void seed(std::uint64_t value);

 private:
  double rate_;
  Tensor state_;  // int64: seed, calls
};

}  // namespace downhill::nn
