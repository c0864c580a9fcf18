#pragma once
#include "downhill/core/options.h"
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

  constexpr auto operator()(const auto& p, const auto& y) const {
    auto width = max(p[2] - p[0], 0.0), height = max(p[3] - p[1], 0.0);
    auto true_width = max(y[2] - y[0], 0.0), true_height = max(y[3] - y[1], 0.0);
    auto both =
        max(min(p[2], y[2]) - max(p[0], y[0]), 0.0) * max(min(p[3], y[3]) - max(p[1], y[1]), 0.0);
    auto overlap = both / (width * height + true_width * true_height - both + eps);
    auto diagonal =
        square(max(p[2], y[2]) - min(p[0], y[0])) + square(max(p[3], y[3]) - min(p[1], y[1])) + eps;
    auto apart =
        0.25 * (square((p[0] + p[2]) - (y[0] + y[2])) + square((p[1] + p[3]) - (y[1] + y[3])));
    auto turn = atan(true_width / max(true_height, eps)) - atan(width / max(height, eps));
    auto v = four_over_pi_squared * turn * turn;
    auto alpha = value_only(v / (1 - overlap + v + eps));
    return 1 - overlap + apart / diagonal + v * alpha;
  }

 private:
  static constexpr double four_over_pi_squared = 0.40528473456935108578;
};

}  // namespace downhill
