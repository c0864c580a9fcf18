#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The run falls all the way and has hardly begun.
struct LrTooSmall {
  static constexpr const char* name = "lr_too_small";
  static constexpr const char* rule =
      "the loss still falls significantly at the end, and over the whole run it fell by less "
      "than half of its start; or it fell smoothly by less than a seventh; or the quadratic "
      "model sees most of the way still before it; or no step moves the weights by more than "
      "rounding";
  static constexpr const char* source =
      "CS231n (a loss that falls like a line); tuning playbook, 2023";
  double fallen = 0.5;
  double epochs = 20;
  double barely = 0.15;
  double smooth = 0.1;
  double promised = 0.25;
  double hardly = 0.08;

  static constexpr auto options() {
    return std::array{
        option<&LrTooSmall::fallen>("fallen", kNonNegative,
                                    "fall of the train loss over its start"),
        option<&LrTooSmall::epochs>("epochs", kNonNegative,
                                    "epochs from which that is no short run"),
        option<&LrTooSmall::barely>(
            "barely", kNonNegative,
            "fall of the train loss over its start below which a smooth fall is enough"),
        option<&LrTooSmall::smooth>("smooth", kPositive, "noise over the fall"),
        option<&LrTooSmall::promised>(
            "promised", kFraction, "what the quadratic model sees before it, over the whole way"),
        option<&LrTooSmall::hardly>(
            "hardly", kNonNegative,
            "fall of the train loss over its start below which a smooth fall "
            "is enough while the run goes on")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
