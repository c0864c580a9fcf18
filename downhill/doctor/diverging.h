#pragma once
#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The loss is not finite, or grew far above what it had been.
/// Rule: a train loss that is not finite; or the last recorded gradient norm is not finite; or the
/// log's end says so; or the loss at the end (median of the last tenth) is above diverging_factor
/// (4) times the best smoothed loss and above the first loss. Source: the stop rule of learning
/// rate range tests (fastai, Lightning: 4 times the best smoothed loss); TerminateOnNaN (Keras).
struct Diverging {
  static constexpr const char* name = "diverging";
  static constexpr const char* rule =
      "a loss that is not finite, or at the end above 4 times the best smoothed loss and above the "
      "start";
  static std::optional<Finding> examine(const Examination& run);
};

}  // namespace downhill::symptom
