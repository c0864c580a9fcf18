#pragma once
#include "downhill/doctor/examination.h"

namespace downhill::symptom {

/// Whether the losses of the steps right after the first lie four deviations above it, or all above one and
/// a half times it, or the first five above three times it and above all of the second half: that step was
/// too large.
bool jumps_at_once(const Examination& run);

/// The highest rise of the train loss (single epochs, or a twentieth of the steps, smoothed away, less four standard errors), from
/// what it had come down to, over its whole fall or its start. 0 of fewer than 8 epochs or 40 steps.
double swing_of(const Examination& run);

/// Rank correlation (Spearman) of the gradient norm with the train loss over the run: near 1 as a rule, for
/// both go down. 0 where the log does not have both in the same records.
double norm_with_loss(const Examination& run);

}  // namespace downhill::symptom
