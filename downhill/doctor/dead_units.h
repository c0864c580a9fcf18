#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// Units that give 0 for every row, or a gradient that is exactly zero: nothing moves them any
/// more.
struct DeadUnits {
  static constexpr const char* name = "dead_units";
  static constexpr bool hopeless = true;
  static constexpr const char* rule =
      "at least half of the units are 0 for all rows at the end; or the gradient norm is "
      "exactly 0 over the last half of the run while the loss is not; or a layer has no "
      "gradient at all and the loss does not fall";
  static constexpr const char* source = "dead units: SageMaker Debugger (50 %); AUTOTRAINER (70 %)";
  double share = 0.5;
  double fallen = 0.05;

  static constexpr auto options() {
    return std::array{
        option<&DeadUnits::share>("share", kFraction, "share of dead units"),
        option<&DeadUnits::fallen>("fallen", kNonNegative,
                                   "fall of the train loss over its start below which a layer "
                                   "without gradient is dead, not frozen")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
