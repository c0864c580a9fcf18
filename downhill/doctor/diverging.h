#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The train loss ends above where it began, beyond its noise: judged on means over epochs where
/// the log has them, never on one batch.
struct Diverging {
  static constexpr const char* name = "diverging";
  static constexpr bool hopeless = true;
  static constexpr const char* rule =
      "the train loss at the end is above its start by more than a fifth of the start and "
      "beyond its noise, or the mean of its batches is, or it grew before it was not finite, or it "
      "stands above that of any constant guess";
  static constexpr const char* source =
      "the stop rule of rate range tests (fastai, Lightning), on the median of the last tenth";
  double grown = 0.2;
  double errors = 2;
  double above = 0.9;
  double burst = 2;
  double wrong = 8;

  static constexpr auto options() {
    return std::array{
        option<&Diverging::grown>(
            "grown", kPositive,
            "rise over |first loss| (over the whole fall where losses are negative)"),
        option<&Diverging::errors>("errors", kNonNegative,
                                   "standard errors that the rise is beyond"),
        option<&Diverging::above>("above", kFraction,
                                  "share of the last three tenths above the start"),
        option<&Diverging::burst>(
            "burst", kPositive,
            "last finite loss over the first from which a run that is not finite diverged"),
        option<&Diverging::wrong>("wrong", kPositive,
                                  "last loss of a log with an accuracy that no constant guess has "
                                  "(log of 3000 classes)")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
