#pragma once
#include "downhill/doctor/examination.h"

namespace downhill::symptom {

/// The first layer whose gradient is exactly 0 in every record, if another layer has one.
const LayerCurve* zero_layer(const Examination& run);

/// Every layer's gradient is exactly 0 in every record while that of the whole is not: what moves are
/// parameters that the log does not name, biases as a rule.
bool biases_alone(const Examination& run);

/// The first layer whose gradient is exactly 0 in nine of ten records of the last half, if another has
/// one there.
const LayerCurve* dead_layer(const Examination& run);

}  // namespace downhill::symptom
