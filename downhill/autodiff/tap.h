#pragma once
#include <functional>
#include <vector>

#include "downhill/tensor/tensor.h"

namespace downhill {

/// One use of a weight while taps are open: `output` = `input` weight' + bias (linear), or the
/// weight's rows at the `input` indices (gather). `bias` is undefined where there is none.
struct Tap {
  const char* operation;
  Tensor input, weight, bias, output;
};

/// Runs `work` and returns every recorded use of a weight in it, in order: what a layer saw and what
/// it said, without the model's help. Of this thread only; may be nested, and then the inner sees
/// its own alone.
std::vector<Tap> tapped(const std::function<void()>& work);

namespace detail {
/// For operations: reports a use where somebody listens.
void tap(const char* operation, const Tensor& input, const Tensor& weight, const Tensor& bias,
         const Tensor& output);
}  // namespace detail
}  // namespace downhill
