#pragma once
#include <cstdint>
#include <vector>

#include "downhill/tensor/tensor.h"

namespace downhill {

/// (x - mean) / deviation, column by column. The columns of a tensor are all axes but the first,
/// flattened.
struct Standardisation {
  std::vector<double> mean, deviation;

  /// Mean and population deviation of the rows at `rows` ((n) int64; undefined: all rows), that is
  /// of the training part. A column that does not vary gets deviation 1. Units do not matter,
  /// from 1e-300 to 1e300. UsageError without a row; DataError for a number that is not finite.
  static Standardisation learn(const Tensor& inputs, const Tensor& rows = {});

  /// In double inside, in the type of `inputs` outside. UsageError for another number of columns.
  Tensor apply(const Tensor& inputs) const;
  /// The inverse of `apply`.
  Tensor undo(const Tensor& standardised) const;

  /// For files: (2, columns) float64, the means above the deviations.
  Tensor to_tensor() const;
  /// DataError for another shape or type, or a deviation that is not positive.
  static Standardisation from_tensor(const Tensor& saved);
};

}  // namespace downhill
