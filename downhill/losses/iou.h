#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/detail/box_axis.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Intersection over union of two boxes. Where they do not touch it has no slope: giou, diou and
/// ciou have.
///
///     I, U = areas of intersection and union
///     L = 1 - I / (U + eps)
///
/// Shapes      prediction (..., 4) and target (..., 4) boxes x1, y1, x2, y2 with x1 <= x2 and
///             y1 <= y2; one value per box.
/// Units       none; in [0, 1] but for eps.
/// Gradient    where edges coincide, that of the target's edge: 0. A side that is negative
///             (x2 < x1) counts as 0 and has no slope.
/// Throws      UsageError if shapes or types differ, or eps < 0. With eps = 0 two empty boxes are
///             0 / 0: NaN; with eps > 0 they cost 1.
/// Source      Yu et al., UnitBox, arXiv 1608.01471, there -log(I / U).
/// Differs     TensorFlow Addons' giou_loss(mode = "iou") is the same with eps = 0.
struct IoU {
  double eps = 1e-7;

  static constexpr BuiltIn name = "iou";
  static constexpr int columns = 4;
  static constexpr std::array takes = {Takes::box};
  static constexpr auto options() {
    return std::array{option<&IoU::eps>("eps", kNonNegative, "added to the area divided by")};
  }

  auto operator()(const auto& p, const auto& y) const { return value_and_slope(p, y).first; }
  auto value_and_slope(const auto& p, const auto& y) const {
    const BoxPair boxes(p, y, eps);
    return std::pair(1 - boxes.overlap, boxes.slopes(boxes.by_both, boxes.by_either));
  }
};

}  // namespace downhill
