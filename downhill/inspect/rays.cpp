#include "downhill/inspect/rays.h"

#include <algorithm>
#include <cmath>

#include "downhill/core/random.h"
#include "downhill/inspect/rounding.h"

namespace downhill {
namespace {

constexpr int kRadii = 10;

class Rays {
 public:
  Rays(const Objective& objective, const Tensors& parameters, const LocalModel& here,
       const RayOptions& options)
      : objective_(objective),
        parameters_(parameters),
        here_(here),
        options_(options),
        reach_(std::max(1.0, flat::length(flatten(parameters)))),
        noise_(4 * rounding_of(objective, parameters, here, options.seed).loss) {}

  /// Whether the loss falls along the direction before it rises.
  bool falls(const std::vector<double>& direction) {
    const double slope = std::abs(flat::dot(here_.gradient, direction));
    for (int k = 0; k < kRadii; ++k) {
      const double radius = reach_ * options_.shortest *
                            std::pow(options_.longest / options_.shortest, k / (kRadii - 1.0));
      const LineProbe probe =
          probe_line(objective_, parameters_, here_.loss, direction, {radius}, options_.noise);
      if (probe.distance == 0) return found_;  // not finite there
      const double rounding = std::max(noise_, probe.noise);
      if (probe.decrease < -rounding || (found_ && probe.decrease < best_.decrease)) return found_;
      if (probe.decrease <= std::max(rounding + 2 * slope * radius, options_.least)) continue;
      found_ = true;
      best_ = probe;
      best_.noise = rounding;
    }
    return found_;
  }
  const LineProbe& best() const { return best_; }

 private:
  const Objective& objective_;
  const Tensors& parameters_;
  const LocalModel& here_;
  const RayOptions& options_;
  const double reach_, noise_;
  bool found_ = false;
  LineProbe best_;
};

}  // namespace

std::optional<Descent> way_down(const Objective& objective, const Tensors& parameters,
                                const LocalModel& here,
                                const std::vector<std::vector<double>>& directions,
                                const RayOptions& options) {
  Rays rays(objective, parameters, here, options);
  Random random(options.seed, 4);
  for (std::size_t k = 0; k < directions.size() + static_cast<std::size_t>(options.count); ++k) {
    std::vector<double> direction;
    if (k < directions.size()) {
      direction = directions[k];
    } else {
      direction.resize(here.gradient.size());
      for (double& x : direction) x = random.normal();
      flat::scale(direction, 1 / flat::length(direction));
    }
    for (int sign = 0; sign < 2; ++sign) {
      if (rays.falls(direction)) return Descent{rays.best(), std::move(direction)};
      flat::scale(direction, -1);
    }
  }
  return {};
}

}  // namespace downhill
