#pragma once
#include <cmath>
#include <numbers>

#include "downhill/schedules/schedule.h"

namespace downhill {

namespace detail {
/// Half a cosine from start to peak, over the first `share` of the steps, another to the end.
inline double one_cycle(double t, double steps, double share, double start, double peak,
                        double end) {
  const double top = share * steps - 1, last = steps - 1;
  const auto between = [](double from, double to, double x) {
    return to + (from - to) / 2 * (1 + std::cos(std::numbers::pi * x));
  };
  if (t >= last && last > top) return end;
  if (t <= top) return top > 0 ? between(start, peak, t / top) : peak;
  return last > top ? between(peak, end, (t - top) / (last - top)) : peak;
}
}  // namespace detail

/// Up from max / div to max in a share of the run, then down to max / div / final_div; both along
/// half a cosine. The momentum that goes with it is one_cycle_momentum.
/// Source: Smith and Topin, arXiv 1708.07120. Differs: none from PyTorch's OneCycleLR with two
/// phases, whose top is at step pct_start steps - 1; beyond the last step this stays at the end.
struct OneCycle {
  double max = 1;
  std::int64_t steps = 0;
  double pct_start = 0.3, div = 25, final_div = 1e4;

  static constexpr BuiltIn name = "one_cycle";
  static constexpr auto options() {
    return std::array{
        option<&OneCycle::max>("max", kFinite, "value at the top"),
        option<&OneCycle::steps>("steps", kNonNegative, "how long it takes; 0: the whole run"),
        option<&OneCycle::pct_start>("pct_start", kUnit, "share of the steps that goes up"),
        option<&OneCycle::div>("div", kPositive, "max over the value at step 0"),
        option<&OneCycle::final_div>("final_div", kPositive, "value at step 0 over the last")};
  }
  double at(std::int64_t t) const {
    return detail::one_cycle(static_cast<double>(t), known_length(name, steps), pct_start,
                             max / div, max, max / div / final_div);
  }
};

/// The momentum (or beta1) beside one_cycle: from max down to base where the rate is at its top,
/// and back.
/// Source: Smith and Topin, arXiv 1708.07120. Differs: none from PyTorch's OneCycleLR with
/// cycle_momentum.
struct OneCycleMomentum {
  double max = 0.95, base = 0.85;
  std::int64_t steps = 0;
  double pct_start = 0.3;

  static constexpr BuiltIn name = "one_cycle_momentum";
  static constexpr auto options() {
    return std::array{
        option<&OneCycleMomentum::max>("max", kFinite, "value at step 0 and at the end"),
        option<&OneCycleMomentum::base>("base", kFinite, "value where the rate is at its top"),
        option<&OneCycleMomentum::steps>("steps", kNonNegative,
                                         "how long it takes; 0: the whole run"),
        option<&OneCycleMomentum::pct_start>("pct_start", kUnit,
                                             "share of the steps that goes down")};
  }
  double at(std::int64_t t) const {
    return detail::one_cycle(static_cast<double>(t), known_length(name, steps), pct_start, max,
                             base, max);
  }
};

}  // namespace downhill
