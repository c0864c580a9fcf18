#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/detail/box_axis.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Complete intersection over union of two boxes: overlap, distance of the centres and difference
/// of the proportions.
///
///     I, U = areas of intersection and union
///     d = distance of the centres, c = diagonal of the smallest box around both
///     v = (4 / pi^2) (atan(w_y / h_y) - atan(w_p / h_p))^2
///     L = 1 - IoU + d^2 / (c^2 + eps) + alpha v,   IoU = I / (U + eps),
///     alpha = v / (1 - IoU + v + eps), a constant to the gradient
///
/// Shapes      prediction (..., 4) and target (..., 4) boxes x1, y1, x2, y2 with x1 <= x2 and
///             y1 <= y2; one value per box.
/// Units       none.
/// Gradient    that of the formula with alpha held, as in the paper: not the derivative of the
///             value. Where edges coincide, that of the target's edge: 0. A side that is negative
///             counts as 0; a height below eps counts as eps in the proportion.
/// Throws      UsageError if shapes or types differ, or eps <= 0.
/// Source      Zheng et al., arXiv 1911.08287, equations 10 to 12.
/// Differs     none from torchvision's complete_box_iou_loss for boxes in order of height eps and
///             more; there flat and inverted boxes give NaN or negative areas.
struct CIoU {
  double eps = 1e-7;

  static constexpr BuiltIn name = "ciou";
  static constexpr int columns = 4;
  static constexpr std::array takes = {Takes::box};
  static constexpr auto options() {
    return std::array{option<&CIoU::eps>("eps", kPositive, "added to what is divided by")};
  }

  auto operator()(const auto& p, const auto& y) const { return value_and_slope(p, y).first; }
  auto value_and_slope(const auto& p, const auto& y) const {
    const BoxPair boxes(p, y, eps);
    const CentreDistance apart(boxes);
    auto width = boxes.x.own, height = max(boxes.y.own, eps);
    auto turn = atan(boxes.x.other / max(boxes.y.other, eps)) - atan(width / height);
    auto v = four_over_pi_squared * turn * turn;
    auto alpha = value_only(v / (1 - boxes.overlap + v + eps));
    // atan(w / h) turns by (h dw - w dh) / (w^2 + h^2).
    auto by_angle = -2 * four_over_pi_squared * alpha * turn / (width * width + height * height);
    auto by_height = where(boxes.y.own <= eps, 0.0, -by_angle * width);
    return std::pair(1 - boxes.overlap + apart.value + v * alpha,
                     apart.added(boxes.slopes(boxes.by_both, boxes.by_either, apart.by_around_x,
                                              apart.by_around_y, by_angle * height, by_height)));
  }

 private:
  static constexpr double four_over_pi_squared = 0.40528473456935108578;
};

}  // namespace downhill
