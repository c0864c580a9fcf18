#pragma once
#include <cstddef>

#include "downhill/tables/column.h"
#include "downhill/tables/detail/order_statistics.h"

namespace downhill::detail {

/// Center, scale and median of at least one finite number; low and high beside. Scaling the numbers
/// by a power of two scales the results exactly, down to 1e-300 and up to 1e300.
struct LearntScaling {
  Scaling scaling;
  double low, high;
  std::size_t count = 0;  ///< of numbers; 0: there are none, and nothing was learnt
  bool constant() const { return low == high; }
};
LearntScaling learn_scaling(const NumberPieces& pieces);

}  // namespace downhill::detail
