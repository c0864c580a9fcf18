#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Distance intersection over union of two boxes: also pulls the centres together.
///
///     I, U = areas of intersection and union; d = distance of the centres; c = diagonal of the
///     smallest box around both
///     L = 1 - I / (U + eps) + d^2 / (c^2 + eps)
///
/// Shapes      prediction (..., 4) and target (..., 4) boxes x1, y1, x2, y2 with x1 <= x2 and
///             y1 <= y2; one value per box.
/// Units       none; in [0, 2] but for eps.
/// Gradient    where edges coincide, that of the target's edge: 0. A side that is negative
///             (x2 < x1) counts as 0 and its area has no slope; the distance still pulls.
/// Throws      UsageError if shapes or types differ, or eps <= 0.
/// Source      Zheng et al., arXiv 1911.08287, equation 7.
/// Differs     torchvision's distance_box_iou_loss takes negative sides as they are; for boxes in
///             order none.
struct DIoU {
  double eps = 1e-7;

  static constexpr BuiltIn name = "diou";
  static constexpr int columns = 4;
  static constexpr std::array takes = {Takes::box};
  static constexpr auto options() {
    return std::array{option<&DIoU::eps>("eps", kPositive, "added to what is divided by")};
  }

  constexpr auto operator()(const auto& p, const auto& y) const {
    auto both =
        max(min(p[2], y[2]) - max(p[0], y[0]), 0.0) * max(min(p[3], y[3]) - max(p[1], y[1]), 0.0);
    auto either = max(p[2] - p[0], 0.0) * max(p[3] - p[1], 0.0) +
                  max(y[2] - y[0], 0.0) * max(y[3] - y[1], 0.0) - both;
    auto diagonal =
        square(max(p[2], y[2]) - min(p[0], y[0])) + square(max(p[3], y[3]) - min(p[1], y[1]));
    auto apart =
        0.25 * (square((p[0] + p[2]) - (y[0] + y[2])) + square((p[1] + p[3]) - (y[1] + y[3])));
    return 1 - both / (either + eps) + apart / (diagonal + eps);
  }
};

}  // namespace downhill
