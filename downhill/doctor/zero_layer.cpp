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
  if (found == run.layers().end() || std::ranges::none_of(run.layers(), moves)) return nullptr;
  return &*found;
}

}  // namespace downhill::symptom
