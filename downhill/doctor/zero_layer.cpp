#include "downhill/doctor/zero_layer.h"

#include <algorithm>

namespace downhill::symptom {

const LayerCurve* zero_layer(const Examination& run) {
  const auto zero = [](const LayerCurve& layer) {
    return !layer.gradient.empty() &&
           std::ranges::all_of(layer.gradient.points, [](const auto& p) { return p.value == 0; });
  };
  const auto moves = [](const LayerCurve& layer) {
    return std::ranges::any_of(layer.gradient.points, [](const auto& p) { return p.value != 0; });
  };
  const auto found = std::ranges::find_if(run.layers(), zero);
  if (found == run.layers().end()) return nullptr;
  return std::ranges::any_of(run.layers(), moves) ? &*found : nullptr;
}

bool biases_alone(const Examination& run) {
  const auto zero = [](const LayerCurve& layer) {
    return layer.gradient.size() >= Examination::kLeastPoints &&
           std::ranges::all_of(layer.gradient.points, [](const auto& p) { return p.value == 0; });
  };
  const auto norms = run.norms().values();
  return !run.layers().empty() && std::ranges::all_of(run.layers(), zero) && !norms.empty() &&
         std::ranges::count(norms, 0.0) == 0;
}

const LayerCurve* dead_layer(const Examination& run) {
  const auto dead = [](const LayerCurve& layer) {
    const auto values = layer.gradient.values();
    const auto later = std::span(values).last(values.size() / 2);
    const auto zeros = std::ranges::count(later, 0.0);
    return !later.empty() && 10 * static_cast<std::size_t>(zeros) >= 9 * later.size();
  };
  const auto found = std::ranges::find_if(run.layers(), dead);
  if (found == run.layers().end() || std::ranges::all_of(run.layers(), dead)) return nullptr;
  return &*found;
}

}  // namespace downhill::symptom
