#pragma once
#include <cstdint>
#include <vector>

#include "downhill/inspect/objective.h"

namespace downhill {

/// What a loss and its gradient change by when each parameter moves in its last places: differences
/// of that size tell nothing.
struct Rounding {
  double loss = 0;                    ///< beyond what the gradient accounts for
  std::vector<double> gradient = {};  ///< of each element
};

/// The largest changes at a few points whose parameters are off by 4 units of roundoff, with seeded
/// signs. The parameters have their old bits at the end.
Rounding rounding_of(const Objective& objective, const Tensors& parameters, const LocalModel& here,
                     std::uint64_t seed = 0);

/// No step can be told from none: every element of the gradient is at most 32 times its rounding,
/// or the fall of the loss that the quadratic model predicts is at most 16 times the loss's.
bool at_rounding(const LocalModel& here, double predicted_decrease, const Rounding& rounding);

}  // namespace downhill
