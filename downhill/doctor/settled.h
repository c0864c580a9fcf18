#pragma once
#include <cstdint>
#include <optional>

#include "downhill/doctor/curve.h"

namespace downhill {

/// The place from which on the curve fell less than its noise: everywhere behind it the level of a
/// twentieth of the curve lies no more than four standard errors above the level of the last tenth.
/// None where that is only so in the last fifth, and for fewer than 20 points.
std::optional<std::int64_t> converged_from(const Curve& curve);

}  // namespace downhill
