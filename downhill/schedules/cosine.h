#pragma once
#include <cmath>
#include <numbers>

#include "downhill/schedules/schedule.h"

namespace downhill {

/// Half a cosine from start to end, then constant:
/// end + (start - end) (1 + cos(pi min(t / steps, 1))) / 2.
/// Source: Loshchilov and Hutter, SGDR, arXiv 1608.03983, equation 5 (without restarts).
/// Differs: PyTorch's CosineAnnealingLR rises again after T_max; this stays at the end.
struct Cosine {
  double start = 1, end = 0;
  std::int64_t steps = 0;

  static constexpr BuiltIn name = "cosine";
  static constexpr auto options() {
    return std::array{
        option<&Cosine::start>("start", kFinite, "value at step 0"),
        option<&Cosine::end>("end", kFinite, "value from `steps` on"),
        option<&Cosine::steps>("steps", kNonNegative, "how long it takes; 0: the whole run")};
  }
  double at(std::int64_t t) const {
    const double length = known_length(name, steps);
    if (t >= steps) return end;
    const double angle = std::numbers::pi * static_cast<double>(t) / length;
    return end + (start - end) * 0.5 * (1 + std::cos(angle));
  }
};

}  // namespace downhill
