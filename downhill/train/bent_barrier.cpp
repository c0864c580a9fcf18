#include <cmath>

#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/core/random.h"
#include "downhill/inspect/detail/movable.h"
#include "downhill/optim/adam.h"
#include "downhill/optim/optimizer.h"
#include "downhill/train/starts.h"

namespace downhill {
namespace {

using flat::Vector;

/// (1 - t)^2 from + 2 t (1 - t) control + t^2 to, minus the origin of what is moved.
Vector place_on(const Vector& from, const Vector& control, const Vector& to, const Vector& origin,
                double t) {
  Vector place(from.size());
  flat::add(place, (1 - t) * (1 - t), from);
  flat::add(place, 2 * t * (1 - t), control);
  flat::add(place, t * t, to);
  flat::add(place, -1, origin);
  return place;
}

Vector gradient_of(const Objective& objective, const Tensors& parameters) {
  Vector sum(static_cast<std::size_t>(count_elements(parameters)));
  for (std::size_t i = 0; i < objective.parts().size(); ++i)
    flat::add(sum, objective.weights()[i], flatten(gradients(objective.parts()[i](), parameters)));
  return sum;
}

}  // namespace

Barrier bent_barrier(const Objective& objective, const Tensors& parameters, const Vector& from,
                     const Vector& to, const BentOptions& o) {
  if (o.points < 1 || o.asked < 3 || o.steps < 0 || !(o.lr > 0))
    throw_usage("bent_barrier", "points, steps and lr must be above 0, asked at least 3");
  const Barrier straight = barrier(objective, parameters, from, to, o.asked);
  if (!(straight.height > 0)) return straight;
  detail::Movable at(parameters);
  Vector way = to;
  flat::add(way, -1, from);
  const double size = flat::length(way) / std::sqrt(static_cast<double>(way.size()));
  Vector middle = from;
  flat::add(middle, 0.5, way);
  // Beside the middle: on a ridge between two equal sides no slope would lead off it.
  Random random(static_cast<std::uint64_t>(way.size()));
  for (double& x : middle) x += 0.2 * size * random.normal();
  Tensor control = Tensor::from(middle);
  control.requires_grad(true);
  Optimizer optimizer(Adam{.lr = o.lr * size}, {control});
  for (int step = 0; step < o.steps && !o.stop.stop_requested(); ++step) {
    const Vector c = control.to_vector();
    Vector slope(c.size());
    for (int i = 1; i <= o.points; ++i) {
      const double t = static_cast<double>(i) / (o.points + 1);
      at.move(1, place_on(from, c, to, at.origin(), t));
      flat::add(slope, 2 * t * (1 - t) / o.points, gradient_of(objective, parameters));
    }
    if (!flat::all_finite(slope)) break;
    control.set_grad(Tensor::from(slope));
    optimizer.step();
  }
  const Vector c = control.to_vector();
  Barrier bent;
  const int count = static_cast<int>(straight.along.size());
  for (int i = 0; i < count; ++i) {
    const double t = static_cast<double>(i) / (count - 1);
    at.move(1, place_on(from, c, to, at.origin(), t));
    bent.along.push_back(objective());
    const double ends = std::max(straight.along.front(), straight.along.back());
    const double height = std::isfinite(bent.along.back()) ? bent.along.back() - ends : kInfinity;
    if (!(height > bent.height)) continue;
    bent.height = height;
    bent.at = t;
  }
  return bent.height < straight.height ? bent : straight;
}

}  // namespace downhill
