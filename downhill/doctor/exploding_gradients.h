#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// Gradients of a size at which no step can be right.
struct ExplodingGradients {
  static constexpr const char* name = "exploding_gradients";
  static constexpr const char* rule =
      "the median of the first five gradient norms (the mean of the first epoch) is above 40, and "
      "above 18 times the root of the first loss; or the first norm alone is five times as high";
  static constexpr const char* source = "own measurements (docs/doctor.md); AUTOTRAINER, ICSE 2021";
  double norm = 40;
  double relative = 18;
  double alone = 5;

  static constexpr auto options() {
    return std::array{
        option<&ExplodingGradients::norm>("norm", kPositive,
                                          "median of the first five gradient norms"),
        option<&ExplodingGradients::relative>("relative", kPositive,
                                              "the same over the root of the first loss, which is "
                                              "the scale of the errors of a square loss"),
        option<&ExplodingGradients::alone>(
            "alone", kPositive, "the first norm over that limit from which it is enough alone")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
