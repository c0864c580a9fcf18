#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "downhill/formula/text_formula.h"
#include "downhill/optim/method.h"
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
  std::string reason;  ///< "steps done", "gradient_norm reached", "value reached",
                       ///< "diverging", "non-finite", "gradient is zero", "no progress", "stopped"
  std::vector<MinimizeStep> path;  ///< from step 0 to the end, one entry per step
  std::vector<std::string> variables;
};

/// Minimises a function of numbers by any optimizer, in float64. `start` has one value for each of
/// the formula's variables. A value or gradient that is not finite ends the run with that reason.
/// "no progress": a line search found nothing lower. "diverging": after all steps the value is
/// above four times that of the start and still rises.
MinimizeResult minimize(const std::shared_ptr<const TextFormula>& formula,
                        const std::vector<double>& start, const Method& method,
                        const MinimizeOptions& options = {});

/// The formula as a tensor function: x (variables) to a scalar, differentiable to second order.
Tensor evaluate_formula(const std::shared_ptr<const TextFormula>& formula, const Tensor& x);

}  // namespace downhill
