#include "downhill/inspect/line_probe.h"

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/flat.h"
#include "downhill/core/error.h"
#include "downhill/inspect/detail/movable.h"

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
  detail::Movable at(parameters);
  LineProbe probe;
  double lowest = 0;
  bool any = false;
  for (const double distance : distances) {
    at.move(distance, direction);
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
