#pragma once
#include <array>
#include <cstdint>

#include "downhill/core/options.h"
#include "downhill/optim/step.h"

namespace downhill {

/// Every k updates, moves slow weights a share alpha towards the present ones, and the present ones
/// back to them (Lookahead). It is the last link; evaluation takes the slow weights.
///
///     every k-th update:  s = s + alpha (p + d - s),   p = s        (s = p before the first)
///
/// State       one number per parameter.
/// Source      Zhang et al., arXiv 1907.08610, Algorithm 1.
struct SlowWeights {
  std::int64_t k = 5;
  double alpha = 0.5;

  static constexpr BuiltIn name = "slow_weights";
  static constexpr bool of_step = true;
  static constexpr std::array<const char*, 1> states = {"slow"};
  template <class N>
  struct State {
    N slow;
  };
  static constexpr auto options() {
    return std::array{option<&SlowWeights::k>("k", kCount, "updates from one to the next"),
                      option<&SlowWeights::alpha>("alpha", kUnit, "share of the way")};
  }

  struct Formula {
    double share;
    bool first, meet;
    constexpr auto operator()(auto d, auto p, auto& s) const {
      if (first) s.slow = p;
      if (!meet) return d;
      s.slow = s.slow + share * (p + d - s.slow);
      return s.slow - p;
    }
  };
  Formula at(const Step& step) const { return {alpha, step.t == 1, step.t % k == 0}; }
  auto evaluated(auto, const auto& s) const { return s.slow; }
};

}  // namespace downhill
