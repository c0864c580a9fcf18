#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The training rows are learnt by heart: nothing of it holds for other rows, from the beginning.
struct Memorised {
  static constexpr const char* name = "memorised";
  static constexpr bool hopeless = true;
  static constexpr const char* rule =
      "the validation loss was best in the first quarter, hardly below its start, and ends "
      "far above it while the train loss falls";
  static constexpr const char* source =
      "Zhang et al., Understanding deep learning requires rethinking generalization, 2017";
  double early = 0.25;
  double never = 0.9;
  double rise = 1.5;
  double fallen = 0.3;

  static constexpr auto options() {
    return std::array{
        option<&Memorised::early>("early", kFraction,
                                  "part of the run in which the validation loss was best"),
        option<&Memorised::never>("never", kFraction, "best validation loss over its first"),
        option<&Memorised::rise>("rise", kPositive, "validation loss at the end over its best"),
        option<&Memorised::fallen>("fallen", kNonNegative,
                                   "fall of the train loss over its start")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
