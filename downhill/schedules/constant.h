#pragma once
#include <vector>

#include "downhill/schedules/schedule.h"

namespace downhill {

/// The same value at every step.
struct Constant {
  double value = 1;

  static constexpr const char* name = "constant";
  static std::vector<Option<Constant>> options() {
    return {{"value", &Constant::value, kFinite, "the value"}};
  }
  double at(std::int64_t) const { return value; }
};

}  // namespace downhill
