#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/detail/box_axis.h"
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

  auto operator()(const auto& p, const auto& y) const { return value_and_slope(p, y).first; }
  auto value_and_slope(const auto& p, const auto& y) const {
    const BoxPair boxes(p, y, eps);
    auto around = boxes.x.around * boxes.y.around;
    auto value = 1 - boxes.overlap + (around - boxes.either) / (around + eps);
    auto beyond = 1 / (around + eps), by_around = boxes.divisor * beyond * beyond;
    return std::pair(value, boxes.slopes(boxes.by_both, boxes.by_either - beyond,
                                         by_around * boxes.y.around, by_around * boxes.x.around));
  }
};

}  // namespace downhill
