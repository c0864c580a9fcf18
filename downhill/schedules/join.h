#pragma once
#include "downhill/schedules/schedule.h"

namespace downhill {

/// One schedule up to step `boundary`, then another, which sees its own step 0 there. Joins nest.
struct Join {
  Schedule first = Schedule(1.0);
  std::int64_t boundary = 0;
  Schedule second = Schedule(1.0);

  static constexpr BuiltIn name = "join";
  static constexpr auto options() {
    return std::array{
        option<&Join::first>("first", kFinite, "up to the boundary, in parentheses"),
        option<&Join::boundary>("boundary", kNonNegative, "the first step of the second"),
        option<&Join::second>("second", kFinite, "from the boundary on, in parentheses")};
  }
  double at(std::int64_t t) const { return t < boundary ? first(t) : second(t - boundary); }
  void fill(std::int64_t run) {
    first = first.over(boundary);
    second = second.over(run > boundary ? run - boundary : 0);
  }
};

}  // namespace downhill
