#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The rate is too large to settle: stable, but stuck far above what the loss had been, or
/// validation that jumps.
struct LrTooLarge {
  static constexpr const char* name = "lr_too_large";
  static constexpr const char* rule =
      "the train loss lost more than half of what it had gained; or the validation loss ends "
      "a fifth above its best and the train loss has not fallen; or the train loss stood above its "
      "start for the first half of the run; or, under a rate that decayed, more than a third of "
      "the "
      "fall came with the last three tenths of it; or the smoothed train loss rose by half of "
      "its whole fall and start; or the first validation lost twice what the first steps did; or "
      "the "
      "loss was twice that of any guess as often right";
  static constexpr const char* source =
      "CS231n (stuck at a worse loss); edge of stability, Cohen et al., 2021";
  double lost = 0.5;
  double rise = 0.2;
  double fallen = 0.05;
  double errors = 6;
  double humped = 0.2;
  double wrong = 8;
  double faster = 0.36;
  double settled = 0.85;
  double unhurt = 0.05;
  double sure = 2;
  double swing = 0.5;
  double worse = 1;

  static constexpr auto options() {
    return std::array{
        option<&LrTooLarge::lost>("lost", kFraction,
                                  "train loss at the end above its best, over the whole fall"),
        option<&LrTooLarge::rise>("rise", kPositive,
                                  "validation loss at the end over its best, minus 1"),
        option<&LrTooLarge::fallen>("fallen", kNonNegative,
                                    "fall of the train loss over its start"),
        option<&LrTooLarge::errors>("errors", kNonNegative,
                                    "standard errors that the loss is beyond"),
        option<&LrTooLarge::humped>(
            "humped", kPositive,
            "train loss from a tenth to half of the run above its start, over the start"),
        option<&LrTooLarge::wrong>(
            "wrong", kPositive,
            "train loss of a log with an accuracy that stands for its start where that is higher"),
        option<&LrTooLarge::faster>(
            "faster", kFraction,
            "share of the whole fall in the last three tenths of the rate spent, where it decayed: "
            "0.3 if each unit of rate gains the same"),
        option<&LrTooLarge::settled>(
            "settled", kFraction, "fall of that loss over its start from which that is no matter"),
        option<&LrTooLarge::unhurt>(
            "unhurt", kFraction,
            "loss at the end over the first below which what the first steps did is no matter"),
        option<&LrTooLarge::sure>("sure", kPositive,
                                  "losses of the first half over what a guess as often right loses "
                                  "at most (1000 classes)"),
        option<&LrTooLarge::swing>(
            "swing", kPositive,
            "highest rise of the smoothed train loss, over its whole fall and its start"),
        option<&LrTooLarge::worse>(
            "worse", kPositive,
            "first validation loss, which then halved, over the first train loss, minus 1")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
