#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Generalized intersection over union of two boxes: unlike the plain one it has a slope where they
/// do not touch.
///
///     I, U = areas of intersection and union, C = area of the smallest box around both
///     L = 1 - I / (U + eps) + (C - U) / (C + eps)
///
/// Shapes      prediction (..., 4) and target (..., 4) boxes x1, y1, x2, y2 with x1 <= x2 and
///             y1 <= y2; one value per box.
/// Units       none; in [0, 2] but for eps.
/// Gradient    where edges coincide, that of the target's edge: 0. A side that is negative
///             (x2 < x1) counts as 0 and its area has no slope; what encloses both still pulls.
/// Throws      UsageError if shapes or types differ, or eps < 0. With eps = 0 two empty boxes in
///             one place are 0 / 0: NaN; with eps > 0 they cost 1.
/// Source      Rezatofighi et al., arXiv 1902.09630, algorithm 1.
/// Differs     torchvision's generalized_box_iou_loss takes negative sides as they are, so that an
///             inverted box has a negative area; for boxes in order none.
struct GIoU {
  double eps = 1e-7;

  static constexpr BuiltIn name = "giou";
  static constexpr int columns = 4;
  static constexpr std::array takes = {Takes::box};
  static constexpr auto options() {
    return std::array{option<&GIoU::eps>("eps", kNonNegative, "added to the areas divided by")};
  }

  constexpr auto operator()(const auto& p, const auto& y) const {
    auto both =
        max(min(p[2], y[2]) - max(p[0], y[0]), 0.0) * max(min(p[3], y[3]) - max(p[1], y[1]), 0.0);
    auto either = max(p[2] - p[0], 0.0) * max(p[3] - p[1], 0.0) +
                  max(y[2] - y[0], 0.0) * max(y[3] - y[1], 0.0) - both;
    auto around = (max(p[2], y[2]) - min(p[0], y[0])) * (max(p[3], y[3]) - min(p[1], y[1]));
    return 1 - both / (either + eps) + (around - either) / (around + eps);
  }
};

}  // namespace downhill
