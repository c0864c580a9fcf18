// Longer than 300 lines: one measurement, each state beside the rule that tells it.
#include "downhill/inspect/stationarity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "downhill/autodiff/symmetric_eigen.h"
#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/inspect/detail/stationarity_options.h"
#include "downhill/inspect/kink.h"
#include "downhill/inspect/rays.h"

namespace downhill {
namespace {

// A fall of more than so many times what the slope accounts for is another valley's.
constexpr double kOfSlopes = 10;

/// Why a measurement cannot go on; it never leaves this file.
struct Unmeasurable {
  std::string reason;
};

/// One measurement under way: asks for the stop between products and counts them.
class Measurement {
 public:
  Measurement(const Objective& objective, const Tensors& parameters,
              const StationarityOptions& options)
      : objective_(objective), parameters_(parameters), options_(options) {
    result_.parameters = count_elements(parameters);
    result_.constants = detail::constants_of(options);
  }

  Stands run() {
    try {
      measure_model();
      decide();
    } catch (const Unmeasurable& problem) {
      result_.stands = "unknown";
      result_.reason = problem.reason;
    }
    tell_in_units();
    return std::move(result_);
  }

 private:
  void measure_model();
  void measure_spectrum(const LinearOperator& hessian);
  void measure_flat_directions(const KrylovModel& krylov);
  void decide();
  bool plateau();
  bool ravine() const {
    return *result_.flat_fall >= options_.flat_fall &&
           *result_.flat_gradient >= options_.flat_gradient;
  }
  bool saddle();
  bool falls_along_gradient();
  bool falls_along_flattest();
  bool at_kink();
  bool vanishes() const;
  bool degenerate_saddle();
  std::vector<double> distances(bool both_ways) const;
  LineProbe probe(const std::vector<double>& direction, bool both_ways);
  const LineProbe& down_the_gradient();
  double told(double fall) const { return options_.unit * fall; }
  void tell_in_units();
  void say(const char* stands, std::string reason) {
    result_.stands = stands;
    result_.reason = std::move(reason);
  }
  void tick() {
    if (options_.stop.stop_requested())
      throw Unmeasurable{fmt::format("the measurement was stopped after {} products", done_)};
    ++done_;
    if (options_.progress) options_.progress(std::min(done_, products()), products());
  }
  bool whole() const { return result_.parameters <= options_.whole; }
  // Both ends are recomputed at the end of the Lanczos steps.
  int products() const {
    return options_.krylov_steps + options_.steps + 2 +
           (whole() ? static_cast<int>(result_.parameters) : 0);
  }
  // What the promised fall is a part of.
  double gained() const {
    const double promised = std::max(*result_.predicted_decrease, 0.0);
    if (!options_.reference) return scale();
    return std::min(scale(), std::max(*options_.reference - *result_.loss, 0.0) + promised);
  }
  double scale() const { return std::max(std::abs(*result_.loss), options_.loss_floor); }

  const Objective& objective_;
  const Tensors& parameters_;
  const StationarityOptions& options_;
  Stands result_;
  LocalModel model_;
  std::vector<double> steepest_;  // the unit direction down the gradient, where there is one
  SymmetricEigen eigen_;
  RitzPair h1_, hn_;
  double parameter_norm_ = 0;
  int done_ = 0;
};

void Measurement::measure_model() {
  model_ = local_model(objective_, parameters_);
  result_.loss = model_.loss;
  if (!std::isfinite(model_.loss)) throw Unmeasurable{"the loss is " + decimal(model_.loss, 6)};
  result_.gradient_norm = flat::length(model_.gradient);
  if (!std::isfinite(*result_.gradient_norm))
    throw Unmeasurable{
        fmt::format("the loss is finite ({:.6g}), but its gradient is not", model_.loss)};
  steepest_ = model_.gradient;
  if (*result_.gradient_norm > 0) flat::scale(steepest_, -1 / *result_.gradient_norm);
  const LinearOperator hessian = [&](const std::vector<double>& direction) {
    tick();
    std::vector<double> result = model_.hessian(direction);
    if (!flat::all_finite(result))
      throw Unmeasurable{"loss and gradient are finite, but the curvature is not"};
    return result;
  };
  parameter_norm_ = flat::length(flatten(parameters_));
  // Curvature below some roundings of the largest is rounding: its sign means nothing.
  const double cut = 20 * unit_roundoff(parameters_);
  const KrylovModel krylov = krylov_model(hessian, model_.gradient, options_.krylov_steps, cut);
  result_.predicted_decrease = krylov.decrease;
  result_.quadratic_decrease = krylov.decrease / scale();
  result_.unbounded_share = krylov.unbounded_share;
  measure_spectrum(hessian);
  measure_flat_directions(krylov);
  if (!whole()) return;
  eigen_ = symmetric_eigen(hessian, result_.parameters);
  result_.eigenvalues = eigen_.values;
}

void Measurement::measure_spectrum(const LinearOperator& hessian) {
  Spectrum ends =
      spectrum(hessian, result_.parameters,
               {.steps = options_.steps, .tolerance = options_.tolerance, .seed = options_.seed});
  h1_ = std::move(ends.h1);
  hn_ = std::move(ends.hn);
  result_.h1 = h1_.value;
  result_.h1_residual = h1_.residual();
  result_.hn = hn_.value;
  result_.hn_residual = hn_.residual();
  result_.hn_limit =
      -std::max(options_.curvature * std::max(h1_.value, 0.0), options_.residuals * hn_.residual());
  result_.spectrum_steps = ends.steps;
  result_.spectrum_converged = ends.converged;
  // How high the loss is, by its sharpest direction, when each parameter is off by half a unit in
  // its last place.
  const double rounding = unit_roundoff(parameters_) * parameter_norm_;
  result_.rounding_decrease = 0.5 * std::max(h1_.value, 0.0) * rounding * rounding;
}

void Measurement::measure_flat_directions(const KrylovModel& krylov) {
  const double flat = options_.flat * h1_.value;
  double fall = 0, gradient = 0;
  for (std::size_t i = 0; i < krylov.values.size(); ++i) {
    const double value = krylov.values[i], share = krylov.shares[i];
    if (!(value > 0 && value <= flat)) continue;
    gradient += share;
    fall += 0.5 * share / value;
  }
  const double norm2 = *result_.gradient_norm * *result_.gradient_norm;
  result_.flat_fall = krylov.decrease > 0 ? std::min(1.0, fall * norm2 / krylov.decrease) : 0;
  result_.flat_gradient = gradient;
}

std::vector<double> Measurement::distances(bool both_ways) const {
  std::vector<double> all;
  for (const double length : options_.probe_lengths) {
    all.push_back(length * std::max(1.0, parameter_norm_));
    if (both_ways) all.push_back(-all.back());
  }
  return all;
}

LineProbe Measurement::probe(const std::vector<double>& direction, bool both_ways) {
  return probe_line(objective_, parameters_, *result_.loss, direction, distances(both_ways),
                    options_.noise);
}

const LineProbe& Measurement::down_the_gradient() {
  if (!result_.along_gradient) result_.along_gradient = probe(steepest_, false);
  return *result_.along_gradient;
}

bool Measurement::plateau() {
  if (*result_.gradient_norm == 0) return false;
  // Negative curvature across the gradient is a saddle's.
  if (*result_.hn < *result_.hn_limit && *result_.unbounded_share < 0.5) return false;
  const double near = options_.nearby * std::max(1.0, parameter_norm_);
  const LineProbe step = probe_line(objective_, parameters_, *result_.loss, steepest_, {near});
  if (!(std::abs(step.decrease) <= options_.change * scale())) return false;
  const LineProbe& found = down_the_gradient();
  return found.falls() && found.decrease > options_.decrease * scale();
}

// On both sides of a saddle the loss falls; of a slope that bends down, on one.
bool Measurement::saddle() {
  if (!(*result_.hn < *result_.hn_limit)) return false;
  std::vector<double> other_way = hn_.vector;
  flat::scale(other_way, -1);
  const LineProbe forth = probe(hn_.vector, false);
  LineProbe back = probe(other_way, false);
  back.distance = -back.distance;
  result_.along_hn = back.decrease > forth.decrease ? back : forth;
  result_.probe_decrease = result_.along_hn->decrease;
  if (!forth.falls() || !back.falls()) return false;
  result_.downhill_direction = hn_.vector;
  if (result_.along_hn->distance < 0) flat::scale(result_.downhill_direction, -1);
  return true;
}

// Where the gradient lies along curvature that is not positive (a loss of straight pieces, a slope
// that steepens), the quadratic model has no lowest point to predict.
bool Measurement::falls_along_gradient() {
  if (*result_.gradient_norm == 0 || *result_.unbounded_share < 0.5) return false;
  const LineProbe& found = down_the_gradient();
  return found.falls() && found.decrease > options_.decrease * scale() &&
         found.decrease <= kOfSlopes * *result_.gradient_norm * found.distance;
}

// Curvature that bends down too weakly for a saddle, and across which the slope leads: down the
// gradient itself, the walls of a narrow valley hide that fall.
bool Measurement::falls_along_flattest() {
  const double slope = std::abs(flat::dot(model_.gradient, hn_.vector));
  if (slope == 0 || *result_.hn > 0) return false;
  result_.along_hn = probe(hn_.vector, true);
  const LineProbe& found = *result_.along_hn;
  return found.falls() && found.decrease > options_.decrease * scale() &&
         found.decrease <= kOfSlopes * slope * std::abs(found.distance);
}

// Where the gradient jumps it says nothing by itself; those of all sides together do.
bool Measurement::at_kink() {
  const double reach = std::max(1.0, parameter_norm_), wanted = options_.decrease * scale();
  const double noise = options_.noise * unit_roundoff(parameters_) * scale();
  const KinkOptions around{.radius = options_.probe_lengths.front() * reach,
                           .least = wanted / reach,
                           .distances = distances(false),
                           .enough = wanted,
                           .noise = options_.noise};
  if (!is_kink(objective_, parameters_, model_, around.radius, h1_.value, noise)) return false;
  const KinkWalk walk = walk_from_kink(objective_, parameters_, model_, around);
  if (walk.fall > wanted)
    say("descending",
        fmt::format("at a kink, across which the gradient jumps, the shortest combination of the "
                    "gradients of {} sides leads down, and the loss really falls, by {:.3g} in {} "
                    "step{}",
                    walk.sides, told(walk.fall), walk.steps, walk.steps == 1 ? "" : "s"));
  else if (walk.balanced)
    say("minimum",
        fmt::format("at a kink: the gradients of its {} sides hold each other, to {:.2g}",
                    walk.sides, walk.slope));
  else if (walk.steps == around.steps)
    say("unknown",
        fmt::format("at a kink, along which the loss still fell after {} steps, by {:.3g} "
                    "so far",
                    walk.steps, told(walk.fall)));
  else if (result_.parameters >= around.sides) return false;
  else if (walk.steps == 0) say("unknown", "the slope leads down and no step does, at a kink");
  else
    say("minimum",
        fmt::format("flat to tolerance: along a kink the loss falls by {:.3g} % of itself in {} "
                    "steps",
                    100 * walk.fall / scale(), walk.steps));
  result_.kink_sides = walk.sides;
  return true;
}

// All curvature is so small that even at the distance of the farthest probe it would be lost in the
// loss's rounding.
bool Measurement::vanishes() const {
  const double reach = std::max(1.0, parameter_norm_);
  const double largest = std::max(std::abs(h1_.value), std::abs(hn_.value)) * reach * reach;
  return largest <= options_.noise * unit_roundoff(parameters_) * scale();
}

// Second order says nothing along a direction without curvature: higher orders decide.
bool Measurement::degenerate_saddle() {
  const double tolerance =
      std::max(options_.curvature * std::max(h1_.value, 0.0), options_.residuals * hn_.residual());
  if (whole() ? eigen_.values.front() > tolerance : !vanishes()) return false;
  std::vector<std::vector<double>> directions = eigen_.vectors;
  if (directions.empty()) directions = {hn_.vector, h1_.vector};
  const RayOptions rays{options_.nearest,    options_.farthest,
                        options_.directions, 2 * *result_.predicted_decrease,
                        options_.noise,      options_.seed};
  std::optional<Descent> found = way_down(objective_, parameters_, model_, directions, rays);
  if (!found) return false;
  result_.along_hn = found->probe;
  result_.probe_decrease = found->probe.decrease;
  result_.downhill_direction = std::move(found->direction);
  return true;
}

void Measurement::tell_in_units() {
  result_.unit = options_.unit;
  for (auto* figure : {&result_.loss, &result_.predicted_decrease, &result_.rounding_decrease,
                       &result_.probe_decrease})
    if (*figure) **figure = told(**figure);
  for (auto* probe : {&result_.along_hn, &result_.along_gradient})
    if (*probe)
      (*probe)->decrease = told((*probe)->decrease), (*probe)->noise = told((*probe)->noise);
}

void Measurement::decide() {
  const double of_itself = *result_.quadratic_decrease,
               fall = gained() > 0 ? *result_.predicted_decrease / gained() : 0;
  if (plateau())
    return say("plateau",
               fmt::format(
                   "{:.3g} down the gradient the loss has changed by less than {:.2g} % of itself, "
                   "and yet it falls by {:.3g}, at distance {:.3g}",
                   options_.nearby * std::max(1.0, parameter_norm_), 100 * options_.change,
                   told(result_.along_gradient->decrease), result_.along_gradient->distance));
  if (at_kink()) return;
  if (fall > options_.decrease && *result_.predicted_decrease > *result_.rounding_decrease)
    return say(ravine() ? "ravine" : "descending",
               fmt::format(
                   "the quadratic model along the gradient says that the loss can still fall by "
                   "{}{}",
                   gained() < scale() ? fmt::format("{:.3g}, {:.3g} % of what was gained and that",
                                                    told(*result_.predicted_decrease), 100 * fall)
                   : fall <= 1        ? fmt::format("{:.3g} % of itself", 100 * fall)
                                      : "more than it has: beyond the reach of the model",
                   ravine() ? fmt::format(", {:.3g} % of it along curvature below {:.2g} of the "
                                          "largest, {:.4g}, whose walls allow no rate above {:.3g}",
                                          100 * *result_.flat_fall, options_.flat, h1_.value,
                                          2 / h1_.value)
                            : ""));
  if (saddle())
    return say("saddle",
               fmt::format("along the eigenvector of the smallest eigenvalue, {:.4g}, the "
                           "loss really falls, by {:.3g} at distance {:.3g}",
                           *result_.hn, told(result_.along_hn->decrease),
                           std::abs(result_.along_hn->distance)));
  if (falls_along_gradient())
    return say(
        "descending",
        fmt::format("the curvature along the gradient is not positive, and the loss really "
                    "falls along it, by {:.3g} at distance {:.3g}",
                    told(result_.along_gradient->decrease), result_.along_gradient->distance));
  if (falls_along_flattest())
    return say("descending",
               fmt::format("along the flattest direction, of curvature {:.4g}, the loss really "
                           "falls, by {:.3g} at distance {:.3g}",
                           *result_.hn, told(result_.along_hn->decrease),
                           std::abs(result_.along_hn->distance)));
  if (degenerate_saddle())
    return say("saddle",
               fmt::format("gradient and curvature vanish along a direction, to tolerance, and yet "
                           "the loss really falls, by {:.3g} at distance {:.3g}: a degenerate "
                           "saddle",
                           told(result_.along_hn->decrease), result_.along_hn->distance));
  std::string reason = fmt::format(
      "flat to tolerance: the quadratic model promises a fall of {:.3g} % of the loss, ",
      100 * of_itself);
  if (*result_.hn < *result_.hn_limit)
    reason += fmt::format("and along the smallest eigenvalue, {:.4g}, no probe falls", *result_.hn);
  else
    reason += fmt::format("and the smallest eigenvalue, {:.4g}, is not below {:.3g}", *result_.hn,
                          *result_.hn_limit);
  say("minimum", std::move(reason));
}

}  // namespace

Stands stationarity(const Objective& objective, const Tensors& parameters,
                    const StationarityOptions& options) {
  detail::check_options(options);
  if (parameters.empty() || count_elements(parameters) == 0)
    throw_usage("stationarity", "there are no parameters; expected at least one number");
  return Measurement(objective, parameters, options).run();
}

}  // namespace downhill
