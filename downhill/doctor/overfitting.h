#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The validation loss rose while the train loss went on falling.
struct Overfitting {
  static constexpr const char* name = "overfitting";
  static constexpr const char* rule =
      "the validation loss ends a fifth above its best, beyond its noise, and the train loss "
      "fell since";
  static constexpr const char* source = "Prechelt, Early stopping - but when?, 1998 (GL)";
  double rise = 0.2;
  double whole = 0.06;
  double noise = 6;
  double early = 0.5;

  static constexpr auto options() {
    return std::array{
        option<&Overfitting::rise>("rise", kPositive,
                                   "validation loss at the end over its best, minus "
                                   "1 (over the whole fall where it is negative)"),
        option<&Overfitting::whole>("whole", kNonNegative,
                                    "the same rise over the whole fall of the validation loss"),
        option<&Overfitting::noise>("noise", kNonNegative,
                                    "the same in standard deviations of its noise"),
        option<&Overfitting::early>("early", kFraction,
                                    "part of the run before which the best must lie, "
                                    "unless the validation loss rises to the end")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
