#pragma once
#include "downhill/doctor/examination.h"

namespace downhill::symptom {

/// How a run that ended too early shows it.
struct StillFalling {
  double left = 0;  ///< fall over the last three tenths over the whole fall
  bool significant = false;
  bool both = false;  ///< train and validation loss of a log by epoch fall, each significantly
};
/// Of the validation loss in a log by step; of a log by epoch the lower of train and validation loss.
StillFalling still_falling(const Examination& run);

/// How a run's losses came down, with the rate spent so far as the time: under a rate that decays to 0
/// the end is flat whether there was more to gain or not. Of the steps where the log has no rates.
struct Pace {
  double half = 0;    ///< time until half of the whole fall
  double ninety = 0;  ///< time until nine tenths of it
  double left = 0;    ///< fall over the last three tenths of the time, over the whole fall
};
Pace pace_of(const Examination& run, const Curve& curve, const CurveShape& shape);
/// Of train and validation loss the lower of each; of validation alone in a log by step.
Pace pace_of(const Examination& run);

}  // namespace downhill::symptom
