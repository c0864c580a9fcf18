#pragma once
#include <array>

#include "downhill/core/options.h"
#include "downhill/optim/step.h"

namespace downhill {

/// Keeps a running mean of the weights beside them, to be evaluated with (`EvaluationWeights`). It
/// is the last link, and hands on the direction as it is.
///
///     e = decay e + (1 - decay) p        (e = p after the first update)
///
/// State       one number per parameter.
/// Source      Polyak and Juditsky, SIAM J. Control Optim. 30 (1992), with exponential weights.
/// Differs     none from Keras's use_ema and PyTorch's AveragedModel with get_ema_multi_avg_fn,
///             which start with a copy as well.
struct Ema {
  double decay = 0.999;

  static constexpr BuiltIn name = "ema";
  static constexpr bool of_step = true;
  static constexpr std::array<const char*, 1> states = {"average"};
  template <class N>
  struct State {
    N average;
  };
  static constexpr auto options() {
    return std::array{option<&Ema::decay>("decay", kFraction, "share of the mean that is kept")};
  }

  struct Formula {
    double keep;
    constexpr auto operator()(auto d, auto p, auto& s) const {
      s.average = keep * s.average + (1 - keep) * (p + d);
      return d;
    }
  };
  Formula at(const Step& step) const { return {step.t == 1 ? 0 : decay}; }
  auto evaluated(auto, const auto& s) const { return s.average; }
};

}  // namespace downhill
