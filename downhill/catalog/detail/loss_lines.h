#pragma once
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "downhill/catalog/loss_curve.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/shape.h"

namespace downhill::detail {

inline constexpr const char* kErrorAxis = "prediction - target";

/// The slice of a loss from what it takes, before its window is fitted.
LossSlice lines_of(const Loss& loss);

// Of losses that compare rows, boxes or sequences.
LossSlice of_embeddings(const Loss& loss);
LossSlice of_boxes(const Loss& loss);
LossSlice of_two_targets(const Loss& loss);

// What lines are made of.

inline Tensor numbers(std::initializer_list<double> values, const Shape& shape) {
  return Tensor::from(std::vector<double>(values), shape);
}
inline Tensor number(double value) { return numbers({value}, {1}); }
inline Tensor label(std::int64_t value) { return Tensor::from(std::vector<std::int64_t>{value}); }

/// constant + x * direction, of the shape of both.
inline Tensor along(const Tensor& x, const Tensor& constant, const Tensor& direction) {
  return constant + direction * x;
}
inline Tensor joined(const std::vector<Tensor>& scalars, const Shape& shape) {
  std::vector<Tensor> parts;
  for (const Tensor& one : scalars) parts.push_back(one.reshape({1}));
  return concat(parts).reshape(shape);
}

}  // namespace downhill::detail
