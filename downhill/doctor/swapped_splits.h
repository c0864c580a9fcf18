#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The curves of training and validation are exchanged.
struct SwappedSplits {
  static constexpr const char* name = "swapped_splits";
  static constexpr const char* rule =
      "the first validation loss is not below the first train loss, and the validation loss "
      "ends far below the train loss while that one rises or has stopped, or at half of it and "
      "below what "
      "the rows that are wrong lose at least";
  static constexpr const char* source = "own measurements (docs/doctor.md)";
  double first = 1;
  double end = 0.8;
  double far = 0.15;
  double above = 1.05;
  double below = 0.6;
  double wrong = 2;

  static constexpr auto options() {
    return std::array{
        option<&SwappedSplits::first>("first", kPositive,
                                      "first validation loss over the first train loss"),
        option<&SwappedSplits::end>("end", kFraction, "validation loss over train loss at the end"),
        option<&SwappedSplits::far>(
            "far", kFraction, "validation loss over train loss at the end, whatever the first"),
        option<&SwappedSplits::above>(
            "above", kPositive, "the first of these from which the train loss may still fall"),
        option<&SwappedSplits::below>("below", kFraction, "the last of these, there"),
        option<&SwappedSplits::wrong>(
            "wrong", kPositive,
            "share of validation rows that are wrong, over what their loss allows (log 2 each)")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
