#pragma once
#include "downhill/doctor/examination.h"

namespace downhill::symptom {

/// How a run that ended too early shows it.
struct StillFalling {
  double left = 0;  ///< fall over the last three tenths over the whole fall
  bool significant = false;
};
/// Of the validation loss in a log by step; of a log by epoch the lower of train and validation loss.
StillFalling still_falling(const Examination& run);

}  // namespace downhill::symptom
