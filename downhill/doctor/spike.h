#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// A single loss far out of line, whether the run recovered or not.
struct Spike {
  static constexpr const char* name = "spike";
  static constexpr const char* rule =
      "a train loss above one and a half times the first, three times all and twenty deviations "
      "above its neighbours, "
      "in at most two places";
  static constexpr const char* source = "llm-foundry KillLossSpike; llm.c (z-scores over a window)";
  double times = 1.5;
  double peak = 3;
  double z = 20;

  static constexpr auto options() {
    return std::array{option<&Spike::times>("times", kPositive, "loss over the first"),
                      option<&Spike::peak>("peak", kPositive, "loss over all others around it"),
                      option<&Spike::z>("z", kPositive, "deviations above the neighbours, robust")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
