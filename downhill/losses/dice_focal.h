#pragma once
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/detail/sum_loss.h"
#include "downhill/losses/from.h"
#include "downhill/losses/over.h"

namespace downhill {

/// Dice and focal loss: regions, and the pixels that are not right yet.
///
///     L = dice dice(from, smooth, squared) + focal F
///     F = focal(gamma, alpha) of labels (from = logit), focal_cross_entropy(gamma) of classes
///         (from = class_logits)
///
/// Shapes      those of dice and of focal: from logits a target of the prediction's shape in [0, 1];
///             class logits (N, C, ...) with int64 labels (N, ...). A mean and a sum; no `each`, since
///             the one counts regions and the other pixels.
/// Units       dice has none, F nats.
/// Mean        the sum of both means.
/// Throws      what its members throw.
/// Source      Zhu et al., AnatomyNet, arXiv 1808.05238, equation 3.
/// Differs     MONAI's DiceFocalLoss: dice has the smoothing 1e-5 there, 1 here, and focal no alpha,
///             which is alpha=0.5,focal=2 here. As text it is dice+focal.
struct DiceFocal {
  From from = From::logit;
  double smooth = 1;
  bool squared = false;
  double gamma = 2, alpha = 0.25;
  double dice = 1, focal = 1;

  static constexpr BuiltIn name = "dice_focal";
  std::array<Takes, 1> takes() const { return {takes_of(from)}; }
  static constexpr auto options() {
    using Self = DiceFocal;
    return std::array{
        option<&Self::from>("from", "what the prediction is: logit or class_logits"),
        option<&Self::smooth>(kSmooth),
        option<&Self::squared>("squared", "squares in the sums below"),
        option<&Self::gamma>("gamma", kNonNegative, "how little counts what is already right"),
        option<&Self::alpha>("alpha", kUnit, "weight of label 1 (from = logit)"),
        option<&Self::dice>("dice", kNonNegative, "factor of dice"),
        option<&Self::focal>("focal", kNonNegative, "factor of the focal loss")};
  }

  std::vector<detail::Term> terms() const;
};

}  // namespace downhill
