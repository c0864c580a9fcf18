#pragma once
#include <cstdint>

namespace downhill {

/// What a link knows of the update under way.
struct Step {
  std::int64_t t = 1;   ///< this parameter's update, from 1
  double measured = 0;  ///< what the link asked to be measured over all parameters
  /// The optimizer's update, from 0: where schedules stand, also for a parameter that has had no
  /// gradient in some of them.
  std::int64_t index = 0;
  double lr_factor = 1;  ///< what Optimizer::schedule_lr multiplies the learning rate by
};

}  // namespace downhill
