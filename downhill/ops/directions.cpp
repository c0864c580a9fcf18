#include "downhill/ops/directions.h"

#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"

namespace downhill {

Tensor directions(const Tensor& x) {
  const Tensor one = Tensor::scalar(1, x.type());
  const Tensor largest = max(abs(x.detach()), -1, true), there = largest > 0.0;
  const Tensor scaled = x / where(there, largest, one);
  const Tensor squares = sum(square(scaled), -1, true);
  return scaled / sqrt(where(there, squares, one));
}

}  // namespace downhill
