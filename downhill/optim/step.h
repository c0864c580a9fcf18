#pragma once
#include <array>
#include <cstdint>
#include <limits>

namespace downhill {

/// What a link knows of the update under way.
struct Step {
  /// From 1: the updates of this parameter (block links) or of the optimizer (tensor links) that
  /// came as far as this link: what a gate held back does not count.
  std::int64_t t = 1;
  /// The optimizer's update, from 0: where schedules stand, also for a parameter that has had no
  /// gradient in some of them.
  std::int64_t index = 0;
  double lr_factor = 1;             ///< what Optimizer::schedule_lr multiplies the learning rate by
  std::array<double, 4> sums = {};  ///< what the link's `measure` returns, summed, in its order
  /// The loss before the update; NaN if `step()` was called without a closure.
  double loss = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace downhill
