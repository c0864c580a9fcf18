#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The loss does not fall, and there is something to be gained: it has hardly fallen at all.
struct Plateau {
  static constexpr const char* name = "plateau";
  static constexpr bool of_the_end = true;
  static constexpr const char* rule =
      "the train loss fell by less than a tenth of its start and falls no more; nothing above "
      "explains it";
  static constexpr const char* source = "ReduceLROnPlateau (Keras, PyTorch)";
  double fallen = 0.1;

  static constexpr auto options() {
    return std::array{
        option<&Plateau::fallen>("fallen", kNonNegative, "fall of the train loss over its start")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
