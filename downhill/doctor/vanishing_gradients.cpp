#include "downhill/doctor/vanishing_gradients.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/doctor/remedy.h"

namespace downhill::symptom {

const char* VanishingGradients::needs(const Examination& run) {
  return run.layers().size() < 2 ? "gradient norms per layer" : nullptr;
}

std::optional<Finding> VanishingGradients::examine(const Examination& run) const {
  std::vector<const LayerCurve*> moving;
  for (const LayerCurve& layer : run.layers())
    if (std::ranges::any_of(layer.gradient.points, [](const auto& p) { return p.value > 0; }))
      moving.push_back(&layer);
  if (moving.size() < 2) return {};
  const auto first = moving.front()->gradient.values(), last = moving.back()->gradient.values();
  const std::size_t count = std::min(first.size(), last.size());
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, count / 5) && i < count; ++i)
    if (last[i] > 0) ratios.push_back(first[i] / last[i]);
  const double found = median(ratios);
  if (!(found > 0 && found < ratio)) return {};  // exact zeros are dead or frozen
  Finding finding{.confidence = found > 0 ? confidence_of(1 / found, 1 / ratio) : 0.99};
  finding.summary = fmt::format("The gradient of {} is {} of that of {}.", moving.front()->name,
                                figure(found), moving.back()->name);
  finding.evidence = {{"first_over_last", found}};
  finding.threshold = {{"first_over_last", ratio}};
  finding.remedy = advise(run, change_model(run, "activation", "silu"),
                          "fewer layers, relu or silu instead of sigmoid or tanh "
                          "(--model mlp:64,64,activation=silu), or normalisation between layers");
  return finding;
}

}  // namespace downhill::symptom
