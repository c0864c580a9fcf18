#pragma once
#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The validation loss rose while the train loss went on falling.
/// Rule: GL = 100 (validation at the end / best validation - 1) > overfit_gl (2), by more than
/// overfit_noise (3) standard deviations of the validation's noise; the best is at least
/// overfit_patience (3) validations ago; the train loss fell since. "Memorised" is added if the
/// train loss is below memorised (1e-3) of its start. A train loss of zero alone is no overfitting:
/// where the data have no noise it is right, and the validation loss says so.
/// Source: Prechelt, Early stopping - but when?, 1998 (GL with alpha = 2).
struct Overfitting {
  static constexpr const char* name = "overfitting";
  static constexpr const char* rule =
      "the validation loss is above its best by more than 2 % (Prechelt's GL), beyond its noise, "
      "while the "
      "train loss fell";
  static std::optional<Finding> examine(const Examination& run);
};

}  // namespace downhill::symptom
