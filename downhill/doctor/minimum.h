#pragma once
#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The run stands still where the loss is flat to tolerance and curves up: a minimum as far as can
/// be measured, never "global".
/// Rule: the stands record says "minimum" and the loss stands still (fell by less than converged,
/// 0.1 %, over the last tenth of the run).
/// Source: second-order stationarity (Jin et al., How to escape saddle points efficiently, 2017).
struct Minimum {
  static constexpr const char* name = "minimum";
  static constexpr const char* rule =
      "the loss is flat to tolerance, has no negative direction, and stands still";
  static std::optional<Finding> examine(const Examination& run);
};

}  // namespace downhill::symptom
