#pragma once
#include <array>

#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// A loss or gradient that is not finite: of a step, of an epoch, or on the validation rows.
struct NotFinite {
  static constexpr const char* name = "not_finite";
  static constexpr bool hopeless = true;
  static constexpr const char* rule =
      "a train loss or validation loss that is not finite, or gradient norms that are not at more "
      "than one in 20 steps or from some step on (fewer are steps that a loss scaler left out)";
  static constexpr const char* source =
      "TerminateOnNaN (Keras); ExplodingTensor (SageMaker Debugger)";

  static constexpr auto options() { return no_options(); }

  static const char* needs(const Examination& run);
  std::optional<Finding> examine(const Examination& run) const;
};

}  // namespace downhill::symptom
