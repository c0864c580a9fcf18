#pragma once
#include "downhill/schedules/schedule.h"

namespace downhill {

/// The same value at every step.
struct Constant {
  double value = 1;

  static constexpr BuiltIn name = "constant";
  static constexpr auto options() {
    return std::array{option<&Constant::value>("value", kFinite, "the value")};
  }
  double at(std::int64_t) const { return value; }
};

}  // namespace downhill
