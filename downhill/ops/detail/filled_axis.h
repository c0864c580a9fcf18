#pragma once
#include "downhill/core/error.h"
#include "downhill/tensor/tensor.h"

namespace downhill::detail {

/// The axis as a place from the front; UsageError for one that is not there, or has no elements.
inline int filled_axis(const char* operation, int axis, const Tensor& x) {
  const int place = check_axis(operation, axis, x.rank());
  if (x.size(place) == 0) throw_usage(operation, "the axis has no elements");
  return place;
}

}  // namespace downhill::detail
