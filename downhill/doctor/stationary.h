#pragma once
#include <vector>

#include "downhill/doctor/examination.h"

namespace downhill::symptom {

/// What the stands record measured, and how far the loss moved at the end: the evidence that
/// saddle, minimum and plateau share.
std::vector<Evidence> stationary_evidence(const Examination& run);

}  // namespace downhill::symptom
