#pragma once
#include "downhill/schedules/schedule.h"

namespace downhill {

/// A line from start times the first value of `then` up to it, over `steps`; afterwards `then`,
/// which sees its own step 0 when the warm-up ends. As in Optax, step 0 has the start value.
struct Warmup {
  double start = 0;
  std::int64_t steps = 100;
  Schedule then = Schedule(1.0);

  static constexpr BuiltIn name = "warmup";
  static constexpr auto options() {
    return std::array{option<&Warmup::start>("start", kFinite, "share of the full value at step 0"),
                      option<&Warmup::steps>("steps", kNonNegative, "length of the warm-up"),
                      option<&Warmup::then>("then", kFinite, "what follows, in parentheses")};
  }
  double at(std::int64_t t) const {
    if (t >= steps) return then(t - steps);
    const double share = static_cast<double>(t) / static_cast<double>(steps);
    return then(0) * (start + (1 - start) * share);
  }
  void fill(std::int64_t run) { then = then.over(run > steps ? run - steps : 0); }
};

}  // namespace downhill
