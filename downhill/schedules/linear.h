#pragma once
#include <vector>

#include "downhill/schedules/schedule.h"

namespace downhill {

/// From start to end along a line, then constant: start + (end - start) min(t / steps, 1).
struct Linear {
  double start = 1, end = 0;
  std::int64_t steps = 0;

  static constexpr const char* name = "linear";
  static std::vector<Option<Linear>> options() {
    return {{"start", &Linear::start, kFinite, "value at step 0"},
            {"end", &Linear::end, kFinite, "value from `steps` on"},
            {"steps", &Linear::steps, kNonNegative, "how long it takes; 0: the whole run"}};
  }
  double at(std::int64_t t) const {
    return t < steps ? start + (end - start) * static_cast<double>(t) / static_cast<double>(steps)
                     : end;
  }
};

}  // namespace downhill
