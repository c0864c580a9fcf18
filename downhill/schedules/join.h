#pragma once
#include <vector>

#include "downhill/schedules/schedule.h"

namespace downhill {

/// One schedule up to step `boundary`, then another, which sees its own step 0 there. Joins nest.
struct Join {
  Schedule first = Schedule(1.0);
  std::int64_t boundary = 0;
  Schedule second = Schedule(1.0);

  static constexpr const char* name = "join";
  static std::vector<Option<Join>> options() {
    return {{"first", &Join::first, kFinite, "up to the boundary, in parentheses"},
            {"boundary", &Join::boundary, kNonNegative, "the first step of the second"},
            {"second", &Join::second, kFinite, "from the boundary on, in parentheses"}};
  }
  double at(std::int64_t t) const { return t < boundary ? first(t) : second(t - boundary); }
  void fill(std::int64_t run) {
    first = first.over(boundary);
    second = second.over(run > boundary ? run - boundary : 0);
  }
};

}  // namespace downhill
