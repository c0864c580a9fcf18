#pragma once
#include <vector>

#include "downhill/schedules/schedule.h"

namespace downhill {

/// Another schedule times a factor.
struct Scaled {
  double factor = 1;
  Schedule by = Schedule(1.0);

  static constexpr const char* name = "scaled";
  static std::vector<Option<Scaled>> options() {
    return {{"factor", &Scaled::factor, kFinite, "the factor"},
            {"by", &Scaled::by, kFinite, "what is multiplied, in parentheses"}};
  }
  double at(std::int64_t t) const { return factor * by(t); }
  void fill(std::int64_t run) { by = by.over(run); }
};

}  // namespace downhill
