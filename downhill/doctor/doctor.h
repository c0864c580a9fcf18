#pragma once
#include "downhill/doctor/options.h"
#include "downhill/runlog/records.h"
#include "downhill/runlog/verdict.h"

namespace downhill {

/// What the run log says about its run: the first symptom that fires in the order of precedence
/// (diverging, overfitting, underfitting, saddle, minimum, plateau, healthy), with evidence, next
/// steps, all other symptoms that fired, and every constant that was used. Works on any log, also
/// without validation, stands record or epochs. Throws UsageError for options out of range.
Verdict diagnose(const RunLog& log, const DoctorOptions& options = {});

}  // namespace downhill
