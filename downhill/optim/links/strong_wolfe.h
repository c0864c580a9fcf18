#pragma once
#include <cstdint>

#include "downhill/core/options.h"
#include "downhill/optim/context.h"

namespace downhill {

/// A line search along the direction for a step that fulfils the strong Wolfe conditions,
///
///     f(a) <= f(0) + c1 a f'(0)    and    |f'(a)| <= c2 |f'(0)|,
///
/// by bracketing and zooming with cubic interpolation. It moves the parameters, and is last. The
/// first trial is `lr` times the direction. Where that is the gradient itself, which has no length
/// of its own, it is lr 0.001 |x| / |g| (largest elements; where x = 0, lr 0.001 |f| / g'g).
/// Multiplying the loss by a number does not change the steps.
///
/// Where values cannot be told apart, their slopes decide. Trials that are not finite are
/// shortened. A direction that does not descend, or along which nothing lower is found, is followed
/// by a search along the gradient; if that finds nothing either the parameters are left as they
/// were, as they are when the loss throws. UsageError unless c1 < c2. Source      Nocedal and
/// Wright, Numerical Optimization, algorithms 3.5 and 3.6; Hager and Zhang,
///             SIAM J. Optim. 16 (2005), for the slopes and the first trial.
/// Differs     PyTorch's first trial is min(1, 1 / ||g||_1) lr, which depends on the unit of the
///             loss.
struct StrongWolfe {
  double lr = 1;
  double c1 = 1e-4, c2 = 0.9;
  std::int64_t max_trials = 25;

  static constexpr BuiltIn name = "strong_wolfe";
  static constexpr bool needs_closure = true;
  static constexpr bool moves = true;
  static constexpr auto options() {
    return std::array{
        option<&StrongWolfe::lr>("lr", kPositive, "first trial step"),
        option<&StrongWolfe::c1>("c1", Range{0, 1, true, true}, "sufficient decrease"),
        option<&StrongWolfe::c2>("c2", Range{0, 1, true, true}, "curvature condition"),
        option<&StrongWolfe::max_trials>("max_trials", kCount, "evaluations along one direction")};
  }
  void check() const;
  void run(std::span<Part> parts, Context& context) const;
};

}  // namespace downhill
