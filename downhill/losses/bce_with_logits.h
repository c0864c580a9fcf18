#pragma once
#include <utility>

#include "downhill/core/options.h"
#include "downhill/losses/per_class.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Binary cross-entropy from logits; `pos_weight` is the price of a missed positive.
///
///     L = (1 - y) log(1 + e^x) + pos_weight y log(1 + e^-x)
///       = -pos_weight y log p - (1 - y) log(1 - p),    p = 1 / (1 + e^-x)
///     y = (1 - label_smoothing) target + label_smoothing / 2
///
/// Shapes      prediction (...) logits x, target (...) in [0, 1] equal; one value per element.
///             With one pos_weight per class the last axis holds the classes.
/// Units       nats.
/// Gradient    (1 - y) p - pos_weight y (1 - p); smooth. Stated below beside the value, because
///             both need the same e^-|x|; a test holds it against the derived one.
/// Numerics    finite for all finite logits, and for infinite ones that are right (a logit of inf
///             with target 1 costs 0): log(1 + e^-x) = max(-x, 0) + log1p(e^-|x|). No terms
///             cancel: the value keeps its digits where the prediction is sure and right.
/// Throws      UsageError if shapes or types differ, a target is outside [0, 1], pos_weight <= 0 or
///             of another number of classes, or label_smoothing is outside [0, 1).
/// Source      Good, Rational Decisions, J. R. Stat. Soc. B 14 (1952) 107-114; smoothing:
///             Szegedy et al., arXiv 1512.00567, section 7.
/// Differs     none from PyTorch's binary_cross_entropy_with_logits (pos_weight a number, or one
///             per class of the last axis), which takes any target and smooths no label; Keras's
///             BinaryCrossentropy does, in the same way.
struct BCEWithLogits {
  PerClass pos_weight = 1;  ///< one number, or one for each class (column)
  double label_smoothing = 0;

  static constexpr BuiltIn name = "bce_with_logits";
  static constexpr std::array takes = {Takes::logit};
  static constexpr Range target_range = kUnit;
  static constexpr bool by_column = true;
  static constexpr auto options() {
    return std::array{
        option<&BCEWithLogits::pos_weight>("pos_weight", kPositive,
                                           "price of a missed positive, in false alarms"),
        option<&BCEWithLogits::label_smoothing>("label_smoothing", Range{0, 1, false, true},
                                                "moves targets that far towards 1/2")};
  }

  auto operator()(auto prediction, auto target, auto column) const {
    const auto y = smoothed(target);
    return share_of(1.0 - y, softplus(prediction)) +
           share_of(column(pos_weight) * y, softplus(-prediction));
  }

  auto value_and_slope(auto prediction, auto target, auto column) const {
    auto positive = prediction >= 0.0;
    auto e = exp(where(positive, -prediction, prediction));  // not -abs: its slope at 0 is 0
    auto common = log1p(e);
    auto p = where(positive, 1.0, e) / (1.0 + e);
    auto q = where(positive, e, 1.0) / (1.0 + e);  // 1 - p, without losing digits
    const auto y = smoothed(target);
    auto missed = column(pos_weight) * y;
    auto value = share_of(1.0 - y, where(positive, prediction, 0.0) + common) +
                 share_of(missed, where(positive, 0.0, -prediction) + common);
    return std::pair(value, (1.0 - y) * p - missed * q);
  }

 private:
  auto smoothed(auto target) const {
    return target * (1 - label_smoothing) + 0.5 * label_smoothing;
  }
  // Nothing of a loss is nothing, also where the loss is infinite.
  static auto share_of(auto share, auto loss) { return where(share == 0.0, 0.0, share * loss); }
};

}  // namespace downhill
