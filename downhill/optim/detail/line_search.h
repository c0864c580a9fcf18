#pragma once
#include <cstdint>
#include <functional>

namespace downhill::detail {

/// A point of a line: step length, value, slope.
struct Trial {
  double a = 0, f = 0, slope = 0;
};

/// When a step is good, and how long it may be looked for.
struct WolfeRule {
  double c1 = 1e-4, c2 = 0.9;
  std::int64_t max_trials = 25;
  double rounding =
      0;  ///< of the value, as a part of it: differences below it are decided by slopes
};

/// A step from `zero` (slope below 0) that fulfils the strong Wolfe conditions, `first` being the
/// first trial:
///
///     f(a) <= f(0) + c1 a f'(0)    and    |f'(a)| <= c2 |f'(0)|.
///
/// Where f(a) and f(0) cannot be told apart the first is taken as fulfilled if the second is (the
/// approximate Wolfe conditions; the slopes still tell what the values do not). If no trial is good
/// the lowest that decreases enough is returned, or `zero` itself. Only ratios of values, slopes
/// and lengths decide, so the steps do not depend on the unit of f.
///
/// Source      Nocedal and Wright, Numerical Optimization (2006), algorithms 3.5, 3.6; trial points
/// as
///             in More and Thuente, ACM TOMS 20 (1994); approximate conditions of Hager and Zhang,
///             SIAM J. Optim. 16 (2005).
Trial search_line(const WolfeRule& rule, const Trial& zero, double first,
                  const std::function<Trial(double)>& at);

}  // namespace downhill::detail
