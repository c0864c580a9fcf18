#pragma once
#include "downhill/doctor/symptom.h"

namespace downhill::symptom {

/// The loss stands still and nothing says that it stands at a minimum or saddle.
/// Rule: the train loss fell by less than converged (0.1 %) over the last tenth of the run, or by
/// an amount that cannot be told from noise, and the stands record says "descending"
/// or "unknown", or there is none. A diverging run is on no plateau.
/// Source: ReduceLROnPlateau (Keras, PyTorch); the reasons after Smith 2017 and McCandlish 2018.
struct Plateau {
  static constexpr const char* name = "plateau";
  static constexpr const char* rule = "the loss stands still, but not at a known minimum or saddle";
  static std::optional<Finding> examine(const Examination& run);
};

}  // namespace downhill::symptom
