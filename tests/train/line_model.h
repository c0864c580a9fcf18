#pragma once
#include "downhill/nn/sequential.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/shape.h"
#include "downhill/train/fit.h"

// A small problem for tests of fit.

namespace downhill {

/// y = 3 x0 - 2 x1 + 1, exactly learnable by one layer.
inline Tensor line_of(const Tensor& x) {
  return slice(x, 0, 1, 1) * 3.0 - slice(x, 1, 2, 1) * 2.0 + 1.0;
}

inline nn::Sequential one_layer(Type type = Type::f32) {
  Random random(4);
  nn::Sequential model(nn::Linear(2, 1, random));
  model.to(type);
  return model;
}

inline FitOptions quick(std::int64_t epochs) {
  return {.epochs = epochs, .batch = 16, .explain = false};
}

}  // namespace downhill
