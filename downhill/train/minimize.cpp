#include "downhill/train/minimize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/node.h"
#include "downhill/core/error.h"
#include "downhill/inspect/rounding.h"
#include "downhill/optim/evaluation_weights.h"
#include "downhill/optim/optimizer.h"

namespace downhill {
namespace {

using FormulaPtr = std::shared_ptr<const TextFormula>;

constexpr double kEndless = 1e15;  // times the start's scale: no minimum is so far away
constexpr double kKink = 1e-3;     // of the longest gradient, and of the fall that was made
constexpr double kNoStep = 1e-9;   // of the place's distance from 0
constexpr double kAbyss = 1e60;
constexpr double kLowest = -1e300;  // what falls below it is about to leave the numbers
constexpr int kLevel = 4;           // steps without a fall before rounding is asked for

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

// So far down, or down and away, that it is no minimum any more; in any units of loss and variables.
bool bottomless(const std::vector<MinimizeStep>& path) {
  const MinimizeStep &first = path.front(), &now = path.back();
  if (now.value < kLowest) return true;
  const double size = flat::largest(first.x) > 0 ? flat::largest(first.x) : 1;
  const double fall = first.value - now.value,
               level = std::abs(first.value) + first.gradient_norm * size;
  if (fall > kAbyss * level) return true;  // an exponential falls so far within a short way
  return flat::largest(now.x) > kEndless * size && fall > kEndless * level;
}

/// Whether the value only falls along the way from `start` beyond `end`, as 1/x, exp(-x) and atan(x)
/// do: their lowest value is nowhere reached. A minimum rises at a short part of that way already; where
/// values cannot be told apart any more, their slopes say so.
bool falls_beyond(const FormulaPtr& formula, const std::vector<double>& start,
                  const MinimizeStep& end) {
  flat::Vector way = end.x;
  flat::add(way, -1, start);
  double last = end.value;
  bool falls = false;
  for (const double share : {1.0 / 64, 1.0 / 8, 1.0, 8.0, 64.0}) {
    flat::Vector place = end.x;
    flat::add(place, share, way);
    const Tensor x = Tensor::from(place);
    const double value = evaluate_formula(formula, x).item(),
                 slope = flat::dot(gradient(formula, x, Tensor::scalar(1.0)).to_vector(), way);
    falls = falls || value < last || slope < 0;
    if (!falls || !(value <= last) || slope > 0) return false;
    last = value;
  }
  return true;
}

State state_of(const Stands& stands) {
  int index = 0;
  read_word(stands.stands, words_of(State{}), index);
  return static_cast<State>(index);
}

/// One run: the formula, its variables, the optimizer, and the path so far.
class Run {
 public:
  Run(const FormulaPtr& formula, const std::vector<double>& start, const Method& method,
      const MinimizeOptions& options)
      : formula_(formula),
        options_(options),
        x_(Tensor::from(start)),
        optimizer_(method, std::vector<Tensor>{x_.requires_grad(true)}) {
    if (options.steps > 0) optimizer_.over(options.steps);
    if (options.schedule) optimizer_.schedule_lr(options.schedule->over(options.steps));
    result_.variables = formula->variables();
  }

  MinimizeResult run() {
    std::optional<Ended> ended;
    for (std::int64_t step = 0; !ended; ++step) {
      record(step);
      ended = ended_at(step);
      if (!ended) ended = moved();
    }
    if ((ended == Ended::converged || ended == Ended::search_failed) &&
        falls_beyond(formula_, result_.path.front().x, result_.path.back()))
      ended = Ended::unbounded;
    result_.ended = *ended;
    if (ended == Ended::interrupted) return std::move(result_);
    std::optional<EvaluationWeights> weights;
    if (ended != Ended::target_reached) weights.emplace(optimizer_);  // else the steps' reached it
    if (x_.to_vector() != result_.path.back().x) {
      const std::int64_t step = result_.path.back().step;
      result_.path.pop_back();
      record(step);
    }
    measure();
    return std::move(result_);
  }

 private:
  Tensor loss() const { return evaluate_formula(formula_, x_); }

  void record(std::int64_t step) {
    optimizer_.zero_grad();
    const Tensor value = loss();
    value.backward();
    result_.path.push_back({step, value.item(), optimizer_.gradient_norm(), x_.to_vector()});
    falls_ = value.item() < lowest_;
    lowest_ = std::min(lowest_, value.item());
  }

  std::optional<Ended> ended_at(std::int64_t step) {
    const MinimizeStep& now = result_.path.back();
    if (bottomless(result_.path)) return Ended::unbounded;
    if (!std::isfinite(now.value) || !std::isfinite(now.gradient_norm)) return Ended::non_finite;
    if (options_.gradient_norm_below && now.gradient_norm < *options_.gradient_norm_below)
      return Ended::target_reached;
    if (options_.value_below && now.value < *options_.value_below) return Ended::target_reached;
    if (step >= options_.steps) return rising(result_.path) ? Ended::diverging : Ended::steps_done;
    if (options_.stop.stop_requested()) return Ended::interrupted;
    return {};
  }

  // Takes a step; says so if there was none to take.
  std::optional<Ended> moved() {
    const MinimizeStep& now = result_.path.back();
    const bool searches = optimizer_.needs_closure();
    level_ = falls_ ? 0 : level_ + 1;
    if (searches && level_ >= kLevel) {
      level_ = 0;
      if (nothing_left()) return Ended::converged;
    }
    try {
      if (searches) optimizer_.step([&] { return loss(); });
      else optimizer_.step();
    } catch (const NumericError&) {
      return Ended::search_failed;  // the curvature is not finite here
    }
    if (x_.to_vector() != now.x) return {};
    if (now.gradient_norm == 0) return Ended::converged;
    if (!searches) return {};  // too small a step is no end: a schedule may lengthen it
    return nothing_left() ? Ended::converged : Ended::search_failed;
  }

  bool nothing_left() {
    const Objective objective([&] { return loss(); });
    const LocalModel here = local_model(objective, {x_});
    const double predicted = predicted_decrease(here);  // before the parameters are written to
    if (predicted <= unit_roundoff({x_}) * fall()) return true;
    return !at_kink(predicted) && at_rounding(here, predicted, rounding_of(objective, {x_}, here));
  }

  // Across a kink the gradient changes by itself however small the move, which looks like rounding; but it
  // is as long as on the way there, and promises a step that is none of rounding's and a fall like the one
  // that was made.
  double fall() const {
    const double now = result_.path.back().value;
    return result_.path.front().value - now + std::abs(now);
  }
  bool at_kink(double predicted) const {
    const MinimizeStep& now = result_.path.back();
    double longest = 0;
    for (const MinimizeStep& step : result_.path) longest = std::max(longest, step.gradient_norm);
    const double step = now.gradient_norm > 0 ? predicted / now.gradient_norm : 0;
    return now.gradient_norm > kKink * longest && predicted > kKink * fall() &&
           step > kNoStep * flat::length(now.x);
  }

  // By the quadratic model; infinite where it knows no lowest point.
  static double predicted_decrease(const LocalModel& here) {
    try {
      const KrylovModel krylov = krylov_model(here.hessian, here.gradient);
      return krylov.unbounded_share < 0.5 ? krylov.decrease : kInfinity;
    } catch (const NumericError&) {
      return kInfinity;  // the curvature is not finite
    }
  }

  void measure() {
    StationarityOptions options{.stop = options_.stop};
    if (result_.ended != Ended::converged) options.reference = result_.path.front().value;
    result_.stands = stationarity([&] { return loss(); }, {x_}, options);
    if (result_.ended == Ended::unbounded && result_.stands.stands == "minimum") {
      result_.stands.stands = "descending";
      result_.stands.reason = "the value falls beyond, along the way from the start";
    }
    if (result_.ended == Ended::search_failed && result_.stands.stands == "descending" &&
        !result_.stands.kink_sides) {
      result_.stands.stands = "unknown";
      result_.stands.reason =
          "the slope says that the value falls, and no step does: noise, or a derivative that is "
          "none";
    }
    result_.state = state_of(result_.stands);
  }

  const FormulaPtr& formula_;
  const MinimizeOptions& options_;
  Tensor x_;
  Optimizer optimizer_;
  MinimizeResult result_;
  double lowest_ = kInfinity;
  bool falls_ = true;
  int level_ = 0;  // steps since the value last fell
};

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
  return Run(formula, start, method, options).run();
}

}  // namespace downhill
