#pragma once
#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// Nothing fired. Says how far the loss came, and whether the run was too short to judge.
struct Healthy {
  static constexpr const char* name = "healthy";
  static constexpr const char* rule = "no other symptom";
  static std::optional<Finding> examine(const Examination& run);
};

}  // namespace downhill::symptom
