#include "downhill/inspect/rounding.h"

#include <algorithm>
#include <cmath>

#include "downhill/core/random.h"
#include "downhill/inspect/line_probe.h"

namespace downhill {
namespace {

constexpr int kPoints = 8;
constexpr double kMove = 4;  // units of roundoff
constexpr double kGradient = 32, kLoss = 16;

}  // namespace

Rounding rounding_of(const Objective& objective, const Tensors& parameters, const LocalModel& here,
                     std::uint64_t seed) {
  const ParameterGuard guard(parameters);
  const std::vector<double> origin = flatten(parameters);
  const double unit = unit_roundoff(parameters);
  Random random(seed, 3);
  Tensors targets = parameters;
  Rounding rounding{unit * std::abs(here.loss), std::vector<double>(origin.size())};
  for (int k = 0; k < kPoints; ++k) {
    std::vector<double> point = origin;
    for (double& x : point) x += ((random.bits() >> 63) != 0 ? kMove : -kMove) * unit * x;
    const Tensors moved = unflatten(point, parameters);
    for (std::size_t i = 0; i < targets.size(); ++i) targets[i].assign(moved[i]);
    const LocalModel there = local_model(objective, parameters);
    double slope = 0;
    for (std::size_t i = 0; i < origin.size(); ++i) {
      slope += here.gradient[i] * (point[i] - origin[i]);
      rounding.gradient[i] =
          std::max(rounding.gradient[i], std::abs(there.gradient[i] - here.gradient[i]));
    }
    rounding.loss = std::max(rounding.loss, std::abs(there.loss - here.loss - slope));
  }
  return rounding;
}

bool at_rounding(const LocalModel& here, double predicted_decrease, const Rounding& rounding) {
  if (predicted_decrease <= kLoss * rounding.loss) return true;
  for (std::size_t i = 0; i < here.gradient.size(); ++i)
    if (!(std::abs(here.gradient[i]) <= kGradient * rounding.gradient[i])) return false;
  return true;
}

}  // namespace downhill
