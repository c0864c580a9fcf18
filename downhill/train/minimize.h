#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "downhill/formula/text_formula.h"
#include "downhill/inspect/stationarity.h"
#include "downhill/optim/method.h"
#include "downhill/runlog/ended.h"
#include "downhill/schedules/schedule.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

struct MinimizeOptions {
  std::int64_t steps = 1000;
  std::optional<Schedule> schedule = {};  ///< factor on the optimizer's lr; 0 steps: the whole run
  /// Stop when the gradient's norm (or the value) falls below this.
  std::optional<double> gradient_norm_below = {}, value_below = {};
  std::stop_token stop = {};
};

/// One step of the path: the value and gradient norm at `x`, before the update.
struct MinimizeStep {
  std::int64_t step;
  double value, gradient_norm;
  std::vector<double> x;
};

struct MinimizeResult {
  Ended ended = Ended::steps_done;
  State state = State::unknown;  ///< where the last place stands
  Stands stands;                 ///< the measurement behind it; not made of an interrupted run
  /// From step 0 to the end, one entry per step. Where the optimizer evaluates with other weights than it
  /// steps with (ema, schedule_free_adamw), the last entry is of those, unless the steps reached the target.
  std::vector<MinimizeStep> path;
  std::vector<std::string> variables;
};

/// Minimises a function of numbers by any optimizer, in float64; schedules of 0 steps in it last
/// the whole run. `start` has one value for each of the formula's variables. How it ends:
///
/// - *converged*: the gradient is 0 and nothing moves; or a search finds nothing lower, or values no
///   longer fall from step to step, and gradient and loss are at their rounding (`at_rounding`), or the
///   quadratic model promises less than a rounding of the fall that was made;
/// - *search_failed*: a search finds nothing lower, along the gradient neither, though the gradient
///   is not at rounding (a kink, a derivative that is not the function's);
/// - *unbounded*: the value is below -1e300, or a search went down without end: the value has fallen
///   by 1e15 times |f| + |g| s of the start and the place moved by 1e15 s, s the largest start value (1
///   if all are 0); or it converged to where the value is lower (or by its slope falls) at 1/64, and
///   not higher at 1/8, 1, 8 and 64 times the way from the start beyond (1/x, exp(-x), atan(x): nowhere
///   is a lowest value reached);
/// - *non_finite*: the value is NaN or inf, or the gradient is not finite;
/// - *diverging*: after all steps the value is above four times that of the start and still rises;
/// - *target_reached*, *steps_done*, *interrupted*.
MinimizeResult minimize(const std::shared_ptr<const TextFormula>& formula,
                        const std::vector<double>& start, const Method& method,
                        const MinimizeOptions& options = {});

/// The formula as a tensor function: x (variables) to a scalar, differentiable to second order.
Tensor evaluate_formula(const std::shared_ptr<const TextFormula>& formula, const Tensor& x);

}  // namespace downhill
