#pragma once
#include <algorithm>
#include <cmath>

#include "downhill/optim/step.h"
#include "downhill/schedules/hyper.h"

namespace downhill {

/// Shortens the gradient of all parameters together to `max_norm`, keeping its direction.
///
///     direction = g min(1, max_norm / (||g|| + 1e-6))
///
/// The norm costs one more pass. A norm that is not finite stops the run where it is found: the
/// direction becomes NaN for all parameters, it is not hidden.
/// Source      Pascanu et al., arXiv 1211.5063, Algorithm 1; the 1e-6 is PyTorch's clip_grad_norm_.
struct ClipByGlobalNorm {
  Hyper max_norm = 1;

  static constexpr BuiltIn name = "clip_by_global_norm";
  static constexpr auto options() {
    return std::array{option<&ClipByGlobalNorm::max_norm>(
        "max_norm", kPositive, "largest norm of all gradients together")};
  }
  /// What is summed over all parameters before the pass.
  static auto measure(auto g, auto) { return g * g; }
  struct Formula {
    double factor;
    constexpr auto operator()(auto g, auto) const { return factor * g; }
  };
  Formula at(const Step& step) const {
    const double norm = std::sqrt(step.sums[0]);
    if (!std::isfinite(norm)) return {norm - norm};
    return {std::min(1.0, max_norm.at(step.index) / (norm + 1e-6))};
  }
};

}  // namespace downhill
