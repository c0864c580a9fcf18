#pragma once
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/detail/sum_loss.h"
#include "downhill/losses/from.h"
#include "downhill/losses/over.h"

namespace downhill {

/// Dice and cross-entropy, the usual sum of segmentation: dice sees regions and not how large the
/// background is, cross-entropy every pixel.
///
///     L = dice dice(from, smooth, squared) + cross_entropy H
///     H = cross_entropy of classes (from = class_logits), bce_with_logits of labels (from = logit)
///
/// Shapes      those of dice and of cross_entropy: logits (N, C, ...), int64 labels (N, ...); from
///             logits a target of the prediction's shape in [0, 1]. A mean and a sum; no `each`, since
///             the one counts regions and the other pixels.
/// Units       dice has none, H nats.
/// Mean        the sum of both means.
/// Throws      what its members throw.
/// Source      Isensee et al., nnU-Net, arXiv 1809.10486, equation 1.
/// Differs     MONAI's DiceCELoss: dice has the smoothing 1e-5 there, 1 here. As text it is
///             dice:from=class_logits+cross_entropy.
struct DiceCrossEntropy {
  From from = From::class_logits;
  double smooth = 1;
  bool squared = false;
  double dice = 1, cross_entropy = 1;

  static constexpr BuiltIn name = "dice_cross_entropy";
  std::array<Takes, 1> takes() const { return {takes_of(from)}; }
  static constexpr auto options() {
    using Self = DiceCrossEntropy;
    return std::array{
        option<&Self::from>("from", "what the prediction is: logit or class_logits"),
        option<&Self::smooth>(kSmooth),
        option<&Self::squared>("squared", "squares in the sums below"),
        option<&Self::dice>("dice", kNonNegative, "factor of dice"),
        option<&Self::cross_entropy>("cross_entropy", kNonNegative, "factor of the cross-entropy")};
  }

  std::vector<detail::Term> terms() const;
};

}  // namespace downhill
