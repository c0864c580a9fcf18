#include "downhill/inspect/line_probe.h"

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/flat.h"
#include "downhill/core/error.h"

namespace downhill {

ParameterGuard::ParameterGuard(const Tensors& parameters) : parameters_(parameters) {
  for (const Tensor& p : parameters_) kept_.push_back(p.clone());
}

ParameterGuard::~ParameterGuard() {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    try {
      parameters_[i].assign(kept_[i]);
    } catch (const Error&) {
      // Only a parameter whose type was changed meanwhile refuses; its old numbers have no place.
    }
  }
}

LineProbe probe_line(const Objective& objective, const Tensors& parameters, double loss,
                     const std::vector<double>& direction, const std::vector<double>& distances,
                     double roundings) {
  const ParameterGuard guard(parameters);
  const std::vector<double> origin = flatten(parameters);
  if (direction.size() != origin.size())
    throw_usage("probe_line", "the direction has another length than the parameters");
  Tensors targets = parameters;
  LineProbe probe;
  double lowest = 0;
  bool any = false;
  for (const double distance : distances) {
    std::vector<double> point = origin;
    flat::add_combination(point, {direction}, {&distance, 1});
    const Tensors moved = unflatten(point, parameters);
    for (std::size_t i = 0; i < targets.size(); ++i) targets[i].assign(moved[i]);
    const double there = objective();
    if (!std::isfinite(there) || (any && there >= lowest)) continue;
    any = true;
    lowest = there;
    probe.distance = distance;
  }
  if (!any) return probe;
  probe.decrease = loss - lowest;
  probe.noise = roundings * unit_roundoff(parameters) * std::max(std::abs(loss), std::abs(lowest));
  return probe;
}

}  // namespace downhill
