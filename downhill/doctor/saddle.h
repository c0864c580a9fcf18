#pragma once
#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The run stands still at a saddle: the Hessian has a direction in which the loss falls away.
/// Rule: the stands record says "saddle" and the loss stands still (fell by less than converged,
/// 0.1 %, over the last tenth of the run).
/// Source: Dauphin et al., Identifying and attacking the saddle point problem, 2014.
struct Saddle {
  static constexpr const char* name = "saddle";
  static constexpr const char* rule =
      "the Hessian has a negative direction along which the loss falls, and the loss stands still";
  static std::optional<Finding> examine(const Examination& run);
};

}  // namespace downhill::symptom
