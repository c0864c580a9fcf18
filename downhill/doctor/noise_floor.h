#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The noise of the mini-batches keeps the loss up: the rate does not decay and the batch is
/// small.
struct NoiseFloor {
  static constexpr const char* name = "noise_floor";
  static constexpr bool of_the_end = true;
  static constexpr const char* rule =
      "the rate does not decay and the validation loss jumps by a tenth of its whole fall from one "
      "validation to the next, or the train loss of epochs by a sixteenth of its level while "
      "validation rows do not stand still";
  static constexpr const char* source =
      "McCandlish et al., An empirical model of large-batch training, 2018";
  double fall = 0.09;
  double least = 0.04;
  double alone = 0.2;
  double epochs = 0.06;
  double whole = 0.025;

  static constexpr auto options() {
    return std::array{
        option<&NoiseFloor::fall>("fall", kPositive,
                                  "noise of validation losses over their whole fall"),
        option<&NoiseFloor::least>("least", kNonNegative,
                                   "the same noise over their level, below which it is none"),
        option<&NoiseFloor::alone>(
            "alone", kPositive, "noise of validation losses over their level that is enough alone"),
        option<&NoiseFloor::epochs>("epochs", kPositive, "noise of epoch losses over their level"),
        option<&NoiseFloor::whole>("whole", kNonNegative, "the same noise over their whole fall")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
