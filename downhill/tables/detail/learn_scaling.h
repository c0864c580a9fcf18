#pragma once
#include <vector>

#include "downhill/tables/column.h"

namespace downhill::detail {

/// Center, scale and median of at least one finite number; low and high beside. Scaling the numbers
/// by a power of two scales the results exactly, down to 1e-300 and up to 1e300. Reorders `numbers`.
struct LearntScaling {
  Scaling scaling;
  double low, high;
  bool constant() const { return low == high; }
};
LearntScaling learn_scaling(std::vector<double>& numbers);

}  // namespace downhill::detail
