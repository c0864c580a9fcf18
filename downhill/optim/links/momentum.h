#pragma once
#include <array>

#include "downhill/optim/step.h"
#include "downhill/optim/words.h"
#include "downhill/schedules/hyper.h"

namespace downhill {

/// Polyak's momentum as PyTorch has it: the buffer starts as the first gradient, undamped.
///
///     b = momentum b + (1 - dampening) g        (b = g at the first step)
///     direction = g + momentum b  if nesterov, else b
///
/// State       one number per parameter.
/// Source      Polyak (1964); Nesterov form: Sutskever et al., ICML 2013, equations 3 and 4, in the
///             rewritten variables that PyTorch uses.
struct ScaleByMomentum {
  Hyper momentum = 0.9;
  double dampening = 0;
  bool nesterov = false;

  static constexpr BuiltIn name = "scale_by_momentum";
  static constexpr std::array<const char*, 1> states = {"momentum_buffer"};
  template <class N>
  struct State {
    N buffer;
  };
  static constexpr auto options() {
    return std::array{option<&ScaleByMomentum::momentum>(kMomentum),
                      option<&ScaleByMomentum::dampening>(kDampening),
                      option<&ScaleByMomentum::nesterov>(kNesterov)};
  }

  struct Formula {
    double mu, keep, take;
    bool ahead;
    constexpr auto operator()(auto g, auto, auto& s) const {
      s.buffer = keep * s.buffer + take * g;
      return ahead ? g + mu * s.buffer : s.buffer;
    }
  };
  Formula at(const Step& step) const {
    const double mu = momentum.at(step.index);
    if (step.t == 1) return {mu, 0, 1, nesterov};
    return {mu, mu, 1 - dampening, nesterov};
  }
};

}  // namespace downhill
