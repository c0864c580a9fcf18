#pragma once
#include "downhill/schedules/schedule.h"

namespace downhill {

/// Another schedule times a factor.
struct Scaled {
  double factor = 1;
  Schedule by = Schedule(1.0);

  static constexpr BuiltIn name = "scaled";
  static constexpr auto options() {
    return std::array{option<&Scaled::factor>("factor", kFinite, "the factor"),
                      option<&Scaled::by>("by", kFinite, "what is multiplied, in parentheses")};
  }
  double at(std::int64_t t) const { return factor * by(t); }
  void fill(std::int64_t run) { by = by.over(run); }
};

}  // namespace downhill
