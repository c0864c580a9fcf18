#pragma once
#include "downhill/doctor/examination.h"

namespace downhill::symptom {

/// The first layer whose gradient is exactly 0 in every record, if another layer has one.
const LayerCurve* zero_layer(const Examination& run);

/// The first layer whose gradient is exactly 0 in nine of ten records of the last half, if another has
/// one there.
const LayerCurve* dead_layer(const Examination& run);

}  // namespace downhill::symptom
