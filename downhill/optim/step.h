#pragma once
#include <cstdint>

namespace downhill {

/// What a link knows of the update under way.
struct Step {
  std::int64_t t = 1;   ///< this parameter's update, from 1
  double measured = 0;  ///< what the link asked to be measured over all parameters
  /// The position of hyperparameter schedules: 0 for the first update.
  std::int64_t index() const { return t - 1; }
};

}  // namespace downhill
