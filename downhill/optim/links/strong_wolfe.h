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
/// first trial is `lr`, at the first step shortened to min(1, 1 / ||g||_1) lr.
///
/// A direction that does not descend, or a search that finds no lower value, leaves the parameters
/// as they were. A trial whose value is not finite is halved.
/// Source      Nocedal and Wright, Numerical Optimization, algorithms 3.5 and 3.6.
struct StrongWolfe {
  double lr = 1;
  double c1 = 1e-4, c2 = 0.9;
  std::int64_t max_trials = 25;
  bool shorten_first = true;

  static constexpr BuiltIn name = "strong_wolfe";
  static constexpr bool needs_closure = true;
  static constexpr bool moves = true;
  static constexpr auto options() {
    return std::array{
        option<&StrongWolfe::lr>("lr", kPositive, "first trial step"),
        option<&StrongWolfe::c1>("c1", Range{0, 1, true, true}, "sufficient decrease"),
        option<&StrongWolfe::c2>("c2", Range{0, 1, true, true}, "curvature condition"),
        option<&StrongWolfe::max_trials>("max_trials", kCount, "evaluations of one search"),
        option<&StrongWolfe::shorten_first>("shorten_first", kFinite,
                                            "first step min(1, 1/||g||_1) lr")};
  }
  void run(std::span<Part> parts, Context& context) const;
};

}  // namespace downhill
