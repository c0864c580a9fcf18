#include "downhill/train/minimize.h"

#include <fmt/format.h>

#include <cmath>

#include "downhill/autodiff/node.h"
#include "downhill/core/error.h"
#include "downhill/optim/optimizer.h"

namespace downhill {
namespace {

using FormulaPtr = std::shared_ptr<const TextFormula>;

std::vector<const double*> pointers(const Tensor& x) {
  std::vector<const double*> p;
  for (std::int64_t i = 0; i < x.elements(); ++i) p.push_back(x.data<double>() + i);
  return p;
}
std::vector<double*> places(const Tensor& x) {
  std::vector<double*> p;
  for (std::int64_t i = 0; i < x.elements(); ++i) p.push_back(x.data<double>() + i);
  return p;
}

// upstream * gradient, recorded, so that it can be differentiated once more.
Tensor gradient(const FormulaPtr& f, const Tensor& x, const Tensor& upstream) {
  Tensor g = Tensor::empty(x.shape(), Type::f64);
  f->slopes(pointers(x).data(), nullptr, upstream.item(), nullptr, places(g).data(), false, 1);
  if (recorded({&x, &upstream})) {
    record("formula", g, {&x, &upstream},
           [f, at = Saved(x), up = Saved(upstream)](const Cotangent& h, Cotangents& out) {
             if (recording()) throw_usage("formula", "a third derivative is not available");
             const Tensor direction = h.value(), result = Tensor::empty(at().shape(), Type::f64);
             const Tensor along = Tensor::empty({}, Type::f64);
             f->curvature(pointers(at()).data(), nullptr, up().item(), pointers(direction).data(),
                          places(result).data(), along.data<double>(), 1);
             if (out.wanted(0)) out.set(0, result);
             if (out.wanted(1)) out.set(1, along);
           });
  }
  return g;
}

// The value ends above four times where it began (the doctor's factor), and still rises.
bool rising(const std::vector<MinimizeStep>& path) {
  if (path.size() < 2) return false;
  const double first = path.front().value, last = path.back().value;
  return last - first > 3 * std::abs(first) && last > path[path.size() - 2].value;
}

}  // namespace

Tensor evaluate_formula(const FormulaPtr& formula, const Tensor& x) {
  if (x.type() != Type::f64 || x.rank() != 1 || x.elements() != formula->inputs())
    throw_usage("formula",
                fmt::format("x is {}; expected ({}) float64", describe(x), formula->inputs()));
  Tensor value = Tensor::empty({}, Type::f64);
  formula->value(pointers(x).data(), value.data<double>(), 1);
  if (recorded({&x})) {
    record("formula", value, {&x}, [formula, at = Saved(x)](const Cotangent& g, Cotangents& out) {
      out.set(0, gradient(formula, at(), g.value()));
    });
  }
  return value;
}

MinimizeResult minimize(const FormulaPtr& formula, const std::vector<double>& start,
                        const Method& method, const MinimizeOptions& options) {
  if (static_cast<int>(start.size()) != formula->inputs())
    throw_usage("minimize",
                fmt::format("{} start values for {} variables", start.size(), formula->inputs()));
  if (options.steps < 0) throw_usage("minimize", "steps must not be negative");
  Tensor x = Tensor::from(start);
  x.requires_grad(true);
  Optimizer optimizer(method, std::vector<Tensor>{x});
  if (options.schedule) optimizer.schedule_lr(options.schedule->over(options.steps));
  const bool searches = optimizer.needs_closure();
  const auto loss = [&] { return evaluate_formula(formula, x); };

  MinimizeResult result;
  result.variables = formula->variables();
  for (std::int64_t step = 0;; ++step) {
    optimizer.zero_grad();
    const Tensor value = loss();
    value.backward();
    result.path.push_back({step, value.item(), optimizer.gradient_norm(), x.to_vector()});
    const MinimizeStep& now = result.path.back();
    if (!std::isfinite(now.value) || !std::isfinite(now.gradient_norm))
      result.reason = "non-finite";
    else if (options.gradient_norm_below && now.gradient_norm < *options.gradient_norm_below)
      result.reason = "gradient_norm reached";
    else if (options.value_below && now.value < *options.value_below)
      result.reason = "value reached";
    else if (step >= options.steps)
      result.reason = rising(result.path) ? "diverging" : "steps done";
    else if (options.stop.stop_requested()) result.reason = "stopped";
    if (!result.reason.empty()) return result;
    if (searches) optimizer.step(loss);
    else optimizer.step();
    if (searches && x.to_vector() == now.x) {
      result.reason = now.gradient_norm == 0 ? "gradient is zero" : "no progress";
      return result;
    }
  }
}

}  // namespace downhill
