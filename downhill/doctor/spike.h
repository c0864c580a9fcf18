#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// A single loss far out of line, whether the run recovered or not.
struct Spike {
  static constexpr const char* name = "spike";
  static constexpr const char* rule =
      "a train loss above the lowest level by one and a half times the whole fall, above the "
      "highest "
      "of its neighbours by four times their spread and above their median by twenty deviations, "
      "in "
      "at most two places";
  static constexpr const char* source = "llm-foundry KillLossSpike; llm.c (z-scores over a window)";
  double times = 1.5;
  double beyond = 4;
  double z = 20;

  static constexpr auto options() {
    return std::array{
        option<&Spike::times>("times", kPositive,
                              "loss above the lowest level, over the whole fall"),
        option<&Spike::beyond>("beyond", kPositive,
                               "loss above the highest around it, in spreads of these"),
        option<&Spike::z>("z", kPositive, "deviations above the neighbours, robust")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
