#pragma once
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "downhill/core/options.h"

namespace downhill::detail {

inline std::vector<std::string> quantile_names(const std::vector<double>& levels) {
  std::vector<std::string> names;
  for (const double level : levels) names.push_back("quantile_" + print_option(level));
  return names;
}

/// The predicted quantile whose level is nearest to 1/2; the middle of two that are equally near.
inline double central_quantile(const std::vector<double>& levels, std::span<const double> p) {
  std::size_t below = 0, above = 0;  // equal unless two are equally near
  const auto distance = [&](std::size_t k) { return std::abs(levels[k] - 0.5); };
  for (std::size_t k = 1; k < levels.size(); ++k) {
    constexpr double kRounding = 1e-12;  // of 0.9 - 0.5 beside 0.5 - 0.1
    if (distance(k) < distance(below) - kRounding) below = above = k;
    else if (distance(k) <= distance(below) + kRounding && levels[k] != levels[below]) above = k;
  }
  return 0.5 * (p[below] + p[above]);
}

}  // namespace downhill::detail
