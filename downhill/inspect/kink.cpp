#include "downhill/inspect/kink.h"

#include <algorithm>
#include <cmath>

#include "downhill/inspect/detail/movable.h"

namespace downhill {
namespace {

constexpr double kOfSlope = 0.1;  // of the fall that the slope promises: at a kink it is no more
constexpr double kOfWay = 0.5;    // ... as much, and it is a way down: no kink lies across it
constexpr int kRounds = 1000;
constexpr double kSettled = 1e-12;

using Vectors = std::vector<std::vector<double>>;

// The weights of the shortest convex combination, by exchanges between two of them (Gilbert, 1966, with
// away steps).
std::vector<double> shortest(const Vectors& all) {
  const std::size_t n = all.size();
  std::vector<double> weight(n, 0), along(n);
  std::vector<std::vector<double>> product(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) product[i][j] = flat::dot(all[i], all[j]);
  weight[0] = 1;
  for (int round = 0; round < kRounds; ++round) {
    std::size_t low = 0, high = 0;
    double square = 0;
    for (std::size_t i = 0; i < n; ++i) {
      along[i] = 0;
      for (std::size_t j = 0; j < n; ++j) along[i] += weight[j] * product[i][j];
      square += weight[i] * along[i];
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (along[i] < along[low]) low = i;
      if (weight[i] > 0 && (weight[high] <= 0 || along[i] > along[high])) high = i;
    }
    if (along[high] - along[low] <= kSettled * square) break;
    const double apart = product[high][high] - 2 * product[high][low] + product[low][low];
    const double moved = std::min(weight[high], (along[high] - along[low]) / apart);
    if (!(moved > 0)) break;
    weight[high] -= moved;
    weight[low] += moved;
  }
  return weight;
}

std::vector<double> combined(const Vectors& all, const std::vector<double>& weight) {
  std::vector<double> sum(all[0].size(), 0);
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += weight[i] * all[i][k];
  return sum;
}

// The gradients of the sides of a point, as far as they were needed to find a way down.
struct Sides {
  int count = 1;
  double slope = 0;         // of their shortest combination
  std::vector<double> way;  // the unit direction in which the loss falls; empty: none was found
};

Sides look_around(const Objective& objective, const Tensors& parameters, const LocalModel& here,
                  const KinkOptions& options) {
  detail::Movable at(parameters);
  Vectors gradients = {here.gradient};
  for (;;) {
    Sides sides{.count = static_cast<int>(gradients.size()),
                .way = combined(gradients, shortest(gradients))};
    sides.slope = flat::length(sides.way);
    if (sides.slope <= options.least) return {sides.count, sides.slope, {}};
    flat::scale(sides.way, -1 / sides.slope);
    at.move(options.radius, sides.way);
    const LocalModel there = local_model(objective, parameters);
    if (here.loss - there.loss >= kOfWay * sides.slope * options.radius) return sides;
    if (sides.count == options.sides || !flat::all_finite(there.gradient))
      return {sides.count, sides.slope, {}};
    gradients.push_back(there.gradient);
  }
}

}  // namespace

bool is_kink(const Objective& objective, const Tensors& parameters, const LocalModel& here,
             double radius, double h1, double noise) {
  const double slope = flat::length(here.gradient);
  if (!(slope * radius > noise) || !std::isfinite(slope) || h1 * radius >= slope) return false;
  std::vector<double> down = here.gradient;
  flat::scale(down, -1 / slope);
  detail::Movable at(parameters);
  at.move(radius, down);
  return !(here.loss - objective() >= kOfSlope * slope * radius);
}

KinkWalk walk_from_kink(const Objective& objective, const Tensors& parameters,
                        const LocalModel& here, const KinkOptions& options) {
  detail::Movable at(parameters);
  std::vector<double> walked(here.gradient.size(), 0);
  LocalModel now = here;
  Sides sides = look_around(objective, parameters, now, options);
  KinkWalk walk{.sides = sides.count,
                .slope = sides.slope,
                .balanced = sides.way.empty() && sides.slope <= options.least};
  while (!sides.way.empty() && walk.steps < options.steps && !(walk.fall > options.enough)) {
    const LineProbe found =
        probe_line(objective, parameters, now.loss, sides.way, options.distances, options.noise);
    if (!found.falls()) break;
    for (std::size_t i = 0; i < walked.size(); ++i) walked[i] += found.distance * sides.way[i];
    at.move(1, walked);
    now = local_model(objective, parameters);
    walk.fall = here.loss - now.loss;
    ++walk.steps;
    sides = look_around(objective, parameters, now, options);
  }
  return walk;
}

}  // namespace downhill
