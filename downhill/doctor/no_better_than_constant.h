#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The model predicts no better than a constant does.
struct NoBetterThanConstant {
  static constexpr const char* name = "no_better_than_constant";
  static constexpr const char* rule =
      "the validation loss hardly falls and the accuracy does not rise above its first; of "
      "our own runs: the loss is not below that of the best constant";
  static constexpr const char* source =
      "Vowpal Wabbit's best constant; own measurements (docs/doctor.md)";
  double gain = 0.03;
  double accuracy = 0.6;
  double best = 0.95;
  double fallen = 0.3;

  static constexpr auto options() {
    return std::array{
        option<&NoBetterThanConstant::gain>("gain", kPositive,
                                            "rise of the accuracy above its first"),
        option<&NoBetterThanConstant::accuracy>("accuracy", kFraction, "accuracy at the end"),
        option<&NoBetterThanConstant::best>(
            "best", kFraction,
            "best validation loss over its first, or over that of the best constant"),
        option<&NoBetterThanConstant::fallen>("fallen", kNonNegative,
                                              "fall of the train loss over its start")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
