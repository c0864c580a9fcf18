#include "downhill/inspect/detail/stationarity_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"

namespace downhill::detail {
namespace {

void require(bool good, const char* option, const char* expected) {
  if (!good) throw_usage("stationarity", fmt::format("{} must be {}", option, expected));
}

}  // namespace

void check_options(const StationarityOptions& options) {
  require(options.steps >= 1, "steps", "at least 1");
  require(options.krylov_steps >= 1, "krylov_steps", "at least 1");
  require(options.tolerance >= 0, "tolerance", "at least 0");
  require(options.decrease > 0, "decrease", "above 0");
  require(options.loss_floor > 0, "loss_floor", "above 0");
  require(options.flat > 0 && options.flat < 1, "flat", "between 0 and 1");
  require(options.nearby > 0, "nearby", "above 0");
  require(options.change > 0, "change", "above 0");
  require(std::isfinite(options.unit) && options.unit > 0, "unit", "above 0");
  require(options.curvature >= 0, "curvature", "at least 0");
  require(options.residuals >= 0, "residuals", "at least 0");
  require(options.noise >= 0, "noise", "at least 0");
  require(!options.probe_lengths.empty(), "probe_lengths", "at least one length");
  require(options.directions >= 0, "directions", "at least 0");
  require(options.nearest > 0 && options.farthest >= options.nearest, "nearest",
          "above 0 and at most farthest");
  for (const double length : options.probe_lengths)
    require(std::isfinite(length) && length > 0, "each of probe_lengths", "above 0");
}

std::vector<std::pair<std::string, double>> constants_of(const StationarityOptions& options) {
  return {{"steps", options.steps},
          {"tolerance", options.tolerance},
          {"krylov_steps", options.krylov_steps},
          {"decrease", options.decrease},
          {"loss_floor", options.loss_floor},
          {"flat", options.flat},
          {"flat_fall", options.flat_fall},
          {"flat_gradient", options.flat_gradient},
          {"nearby", options.nearby},
          {"change", options.change},
          {"curvature", options.curvature},
          {"residuals", options.residuals},
          {"noise", options.noise},
          {"shortest_probe", *std::ranges::min_element(options.probe_lengths)},
          {"longest_probe", *std::ranges::max_element(options.probe_lengths)},
          {"whole", static_cast<double>(options.whole)},
          {"directions", options.directions},
          {"nearest", options.nearest},
          {"farthest", options.farthest},
          {"seed", static_cast<double>(options.seed)}};
}

}  // namespace downhill::detail
