#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/detail/box_axis.h"
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

  auto operator()(const auto& p, const auto& y) const { return value_and_slope(p, y).first; }
  auto value_and_slope(const auto& p, const auto& y) const {
    const BoxPair boxes(p, y, eps);
    const CentreDistance apart(boxes);
    return std::pair(1 - boxes.overlap + apart.value,
                     apart.added(boxes.slopes(boxes.by_both, boxes.by_either, apart.by_around_x,
                                              apart.by_around_y)));
  }
};

}  // namespace downhill
