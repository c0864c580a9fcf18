#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Margin ranking loss: of two scores, the one that should be higher should be so by a margin.
///
///     L = max(0, margin - y (first - second))
///
/// Shapes      predictions first (...) and second (...), target (...) y all equal, y = 1 where first
///             should be higher, -1 where second; or one prediction (..., 2) of both. One value per
///             pair.
/// Units       those of the scores, margin as well.
/// Gradient    -y for first, y for second within the margin and at the kink, so that equal scores part
///             with margin 0 too; 0 beyond.
/// Throws      UsageError if shapes or types differ, or a target is outside [-1, 1] or 0.
/// Source      Herbrich, Graepel and Obermayer, Large margin rank boundaries for ordinal regression
///             (2000).
/// Differs     none from PyTorch's margin_ranking_loss, but that targets are checked. mlpack's
///             margin is 1.
struct MarginRanking {
  double margin = 0;

  static constexpr BuiltIn name = "margin_ranking";
  static constexpr int predictions = 2;
  static constexpr std::array takes = {Takes::number, Takes::number};
  static constexpr std::array<const char*, 2> outputs = {"first", "second"};
  static constexpr Range target_range = kSigns;
  static constexpr auto options() {
    return std::array{
        option<&MarginRanking::margin>("margin", kFinite, "how far the higher should be above")};
  }

  constexpr auto operator()(auto first, auto second, auto target) const {
    auto missing = margin - target * (first - second);
    return where(missing < 0.0, 0.0, missing);
  }
};

}  // namespace downhill
