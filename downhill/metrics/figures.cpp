#include "downhill/metrics/figures.h"

#include <algorithm>
#include <array>

namespace downhill {

bool higher_is_better(std::string_view metric) {
  constexpr std::array<std::string_view, 6> kHigher = {"accuracy", "balanced_accuracy", "macro_f1",
                                                       "auc",      "average_precision", "r2"};
  return std::ranges::find(kHigher, metric) != kHigher.end();
}

std::vector<std::string> not_better(const NamedNumbers& metrics, const NamedNumbers& baseline) {
  std::vector<std::string> names;
  for (const auto& [name, value] : metrics) {
    const auto constant = std::ranges::find(baseline, name, &NamedNumbers::value_type::first);
    if (name == "ece" || constant == baseline.end()) continue;
    const bool better =
        higher_is_better(name) ? value > constant->second : value < constant->second;
    if (!better) names.push_back(name);
  }
  return names;
}

}  // namespace downhill
