#pragma once
#include <string>
#include <vector>

#include "downhill/catalog/loss_curve.h"

namespace downhill::cli {

/// What `downhill loss` draws where it is given no values, and what docs/losses/ holds.

inline constexpr std::size_t kCurvePlaces = 361;

/// One loss of a comparison, and the line that it is drawn along.
struct Compared {
  std::string text;
  LossSlice slice;
};

/// The curves as SVG: value, gradient and curvature, one below the other.
std::string loss_picture(const LossCurves& curves, const std::string& title);

/// Losses drawn together: the first line of each, over the widest of their windows. UsageError if
/// they are not over the same x.
LossCurves curves_together(const std::vector<Compared>& losses);

}  // namespace downhill::cli
