#pragma once
#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The run ended while it still improved.
/// Rule: over the last tenth (at least least_points, 5) the validation loss, or the train loss
/// where there is no validation, fell by more than improving (1 %) of its level, and the fall is
/// significant (Mann-Kendall, |z| >= 3; the fall itself is the Theil-Sen slope times the
/// length). Source: Godbole et al., Deep learning tuning playbook, 2023 (still improving at the
/// end: train longer).
struct Underfitting {
  static constexpr const char* name = "underfitting";
  static constexpr const char* rule =
      "the loss still fell by more than 1 % over the last tenth of the run, significantly";
  static std::optional<Finding> examine(const Examination& run);
};

}  // namespace downhill::symptom
