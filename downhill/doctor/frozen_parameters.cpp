#include "downhill/doctor/frozen_parameters.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/doctor/remedy.h"
#include "downhill/doctor/zero_layer.h"

namespace downhill::symptom {
namespace {

// A layer that never moves though another does.
const LayerCurve* unmoved(const Examination& run) {
  const auto still = [](const LayerCurve& layer) {
    return !layer.update.empty() &&
           std::ranges::all_of(layer.update.points, [](const auto& p) { return p.value == 0; });
  };
  const auto found = std::ranges::find_if(run.layers(), still);
  return found == run.layers().end() || std::ranges::all_of(run.layers(), still) ? nullptr
                                                                                 : &*found;
}

}  // namespace

const char* FrozenParameters::needs(const Examination& run) {
  return run.layers().empty() ? "gradient or update norms per layer" : nullptr;
}

std::optional<Finding> FrozenParameters::examine(const Examination& run) const {
  if (run.train().empty() || run.found("dead_units") || run.moves_nothing()) return {};
  const LayerCurve* layer = zero_layer(run);
  if (layer == nullptr) layer = unmoved(run);
  if (layer == nullptr || run.train_shape().fallen() < fallen) return {};
  Finding finding{.confidence = 0.9};
  finding.summary = fmt::format("Layer {} does not move while the others learn.", layer->name);
  finding.evidence = {{"layer_movement", 0}, {"fallen", run.train_shape().fallen()}};
  finding.threshold = {{"layer_movement", 0}, {"fallen", fallen}};
  finding.remedy = "give every parameter to the optimizer, and let it require a gradient";
  return finding;
}

}  // namespace downhill::symptom
