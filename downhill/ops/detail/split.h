#pragma once
#include <cstdint>

#include "downhill/tensor/shape.h"

namespace downhill::detail {

/// A shape seen from one axis: (outer, size, inner).
struct Split {
  Split(const Shape& shape, int axis) : size(shape[axis]) {
    for (int i = 0; i < axis; ++i) outer *= shape[i];
    for (int i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
  }
  std::int64_t outer = 1, size, inner = 1;
};

}  // namespace downhill::detail
