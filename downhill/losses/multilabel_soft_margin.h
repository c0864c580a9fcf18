#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/per_class.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Binary cross-entropy of many labels that do not exclude each other, each with a weight.
///
///     L = weight_c (y log(1 + e^-x) + (1 - y) log(1 + e^x))
///
/// Shapes      prediction (..., C) logits x, target (..., C) y in [0, 1] equal; one value per label.
/// Units       nats.
/// Gradient    weight_c (p - y), p = 1 / (1 + e^-x); smooth.
/// Numerics    as bce_with_logits.
/// Throws      UsageError if shapes or types differ, a target is outside [0, 1], or weight is
///             negative or has another number of labels.
/// Source      Good, Rational Decisions, J. R. Stat. Soc. B 14 (1952) 107-114.
/// Differs     PyTorch's multilabel_soft_margin_loss has the mean over the labels as one value per
///             row; its mean over all is the same, its sum C times smaller.
struct MultilabelSoftMargin {
  PerClass weight = 1;  ///< one number, or one for each label (column)

  static constexpr BuiltIn name = "multilabel_soft_margin";
  static constexpr std::array takes = {Takes::logit};
  static constexpr Range target_range = kUnit;
  static constexpr bool by_column = true;
  static constexpr auto options() {
    return std::array{option<&MultilabelSoftMargin::weight>("weight", kNonNegative,
                                                            "weight of each label: 1;2;0.5")};
  }

  auto operator()(auto x, auto y, auto column) const {
    const auto w = column(weight);
    return where(y == 0.0, 0.0, w * (y * softplus(-x))) +
           where(y == 1.0, 0.0, w * ((1 - y) * softplus(x)));
  }
};

}  // namespace downhill
