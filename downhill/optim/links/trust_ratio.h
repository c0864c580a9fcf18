#pragma once
#include <array>
#include <cmath>

#include "downhill/core/options.h"
#include "downhill/optim/step.h"

namespace downhill {

/// Scales the direction of each tensor to the length of its weights.
///
///     direction = g ||p|| / ||g||        (unchanged where either norm is 0)
///
/// Both norms are summed in the pass of the links before it; its own pass is one more.
/// Source      You et al., arXiv 1904.00962, with phi(z) = z (LAMB).
/// Differs     none from Optax's scale_by_trust_ratio; pytorch_optimizer limits ||p|| to 10.
struct ScaleByTrustRatio {
  static constexpr BuiltIn name = "scale_by_trust_ratio";
  static constexpr auto options() { return no_options(); }
  static constexpr bool per_tensor = true;
  static auto measure(auto u, auto p) { return std::array{u * u, p * p}; }

  struct Formula {
    double ratio;
    constexpr auto operator()(auto g, auto) const { return ratio * g; }
  };
  Formula at(const Step& step) const {
    const double u = std::sqrt(step.sums[0]), p = std::sqrt(step.sums[1]);
    return {u == 0 || p == 0 ? 1 : p / u};
  }
};

}  // namespace downhill
