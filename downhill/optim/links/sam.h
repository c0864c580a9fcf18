#pragma once
#include "downhill/core/options.h"
#include "downhill/optim/context.h"

namespace downhill {

/// Sharpness-aware minimization: hands on the gradient at the worst point nearby, where the loss is
/// evaluated once more; then the weights are put back bit for bit. It stands in front, and runs
/// once over the parameters of all groups.
///
///     e = rho g / (||g|| + 1e-12)                  direction = gradient at p + e
///     adaptive: e = rho p^2 g / (||p g|| + 1e-12)
///
/// It needs `step(closure)`; a step costs two gradients. What a model counts itself (batch norm's
/// statistics) sees both.
/// Source      Foret et al., arXiv 2010.01412; adaptive: Kwon et al., arXiv 2102.11600.
/// Differs     none from davda54/sam. Optax's sam takes the second gradient at the next call.
struct Sam {
  double rho = 0.05;
  bool adaptive = false;

  static constexpr BuiltIn name = "sam";
  static constexpr bool needs_closure = true, of_gradient = true;
  static constexpr auto options() {
    return std::array{
        option<&Sam::rho>("rho", kNonNegative, "how far away the gradient is taken"),
        option<&Sam::adaptive>("adaptive", "measure the way in units of the weights")};
  }
  void run(std::span<Part> parts, Context& context) const;
};

}  // namespace downhill
