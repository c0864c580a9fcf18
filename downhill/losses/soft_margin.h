#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Soft margin loss: bce_with_logits of classes written as -1 and 1.
///
///     L = log(1 + e^(-y x))
///
/// Shapes      prediction (...) logits x, target (...) y, -1 or 1, equal; one value per element.
/// Units       nats.
/// Gradient    -y / (1 + e^(y x)); smooth.
/// Numerics    finite for all finite logits.
/// Throws      UsageError if shapes or types differ, or a target is outside [-1, 1] or 0.
/// Source      Friedman, Hastie and Tibshirani, Additive logistic regression, Ann. Stat. 28 (2000)
///             337-407.
/// Differs     none from PyTorch's soft_margin_loss where that does not overflow (1.13 and 2.6
///             write log1p(exp(-y x))).
struct SoftMargin {
  static constexpr BuiltIn name = "soft_margin";
  static constexpr std::array takes = {Takes::logit};
  static constexpr Range target_range = kSigns;
  static constexpr double first_class = -1;
  static constexpr auto options() { return no_options(); }

  auto operator()(auto prediction, auto target) const { return softplus(-(target * prediction)); }
};

}  // namespace downhill
