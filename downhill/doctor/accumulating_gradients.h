#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// Gradients are summed over steps: zero_grad is missing. The norm grows from step to step
/// without the jitter of mini-batches, and the loss does not fall.
struct AccumulatingGradients {
  static constexpr const char* name = "accumulating_gradients";
  static constexpr bool hopeless = true;
  static constexpr const char* rule =
      "the gradient norm rises to several times its first and the train loss does not fall, or "
      "jumps from batch to batch while the norm does not; or the loss swings and the norm is "
      "largest where "
      "it is lowest";
  static constexpr const char* source = "own measurements (docs/doctor.md)";
  double growth = 3;
  double fallen = 0.1;
  double long_growth = 8;
  double stuck = 0.7;
  double smooth = 0.03;
  double against = 0.5;
  double swing = 0.5;

  static constexpr auto options() {
    return std::array{
        option<&AccumulatingGradients::growth>(
            "growth", kPositive,
            "median norm of the second half over that of the first three records"),
        option<&AccumulatingGradients::fallen>(
            "fallen", kNonNegative,
            "fall of the train loss over its start below which it has not fallen"),
        option<&AccumulatingGradients::long_growth>(
            "long_growth", kPositive, "last norm over the first, where it rises all the way"),
        option<&AccumulatingGradients::stuck>(
            "stuck", kNonNegative, "fall of the train loss over its start below which that counts"),
        option<&AccumulatingGradients::smooth>("smooth", kPositive,
                                               "noise of the norm over its level below which it is "
                                               "that of a sum, where it grew and the "
                                               "losses of batches jump"),
        option<&AccumulatingGradients::against>(
            "against", kFraction,
            "rank correlation of the norm with minus the loss, where it swings"),
        option<&AccumulatingGradients::swing>(
            "swing", kPositive,
            "highest rise of the smoothed train loss, over its whole fall and its start")};
  }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
