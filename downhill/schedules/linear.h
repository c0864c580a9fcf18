#pragma once
#include "downhill/schedules/schedule.h"

namespace downhill {

/// From start to end along a line, then constant: start + (end - start) min(t / steps, 1).
struct Linear {
  double start = 1, end = 0;
  std::int64_t steps = 0;

  static constexpr BuiltIn name = "linear";
  static constexpr auto options() {
    return std::array{
        option<&Linear::start>("start", kFinite, "value at step 0"),
        option<&Linear::end>("end", kFinite, "value from `steps` on"),
        option<&Linear::steps>("steps", kNonNegative, "how long it takes; 0: the whole run")};
  }
  double at(std::int64_t t) const {
    const double length = known_length(name, steps);
    return t < steps ? start + (end - start) * static_cast<double>(t) / length : end;
  }
};

}  // namespace downhill
