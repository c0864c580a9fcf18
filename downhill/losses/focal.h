#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/per_class.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Focal loss: cross-entropy in which what is already right counts little, for rare positives.
///
///     q = (1 - p) y + p (1 - y),     p = 1 / (1 + e^-x)         (the probability of being wrong)
///     L = (alpha y + (1 - alpha) (1 - y)) q^gamma ce,   ce = (1 - y) log(1 + e^x) + y log(1 +
///     e^-x)
///
/// Shapes      prediction (...) logits x, target (...) y in [0, 1] equal; one value per element.
///             With one alpha per class the last axis holds the classes.
/// Units       nats.
/// Gradient    smooth, that of the whole product.
/// Numerics    finite for all finite logits; a q below 1e-30 counts as that.
/// Throws      UsageError if shapes or types differ, a target is outside [0, 1], or an option is
///             out of its range.
/// Source      Lin et al., arXiv 1708.02002, equations 4 and 5.
/// Differs     none from torchvision's sigmoid_focal_loss with alpha >= 0. (alpha = 0.5 is half of
///             the loss without alpha.)
struct Focal {
  double gamma = 2;
  PerClass alpha = 0.25;  ///< one number, or one for each class (column)

  static constexpr BuiltIn name = "focal";
  static constexpr std::array takes = {Takes::logit};
  static constexpr Range target_range = kUnit;
  static constexpr bool by_column = true;
  static constexpr auto options() {
    return std::array{
        option<&Focal::gamma>("gamma", kNonNegative, "how fast the weight of what is right falls"),
        option<&Focal::alpha>("alpha", kUnit,
                              "share of the positives: one, or one for each class")};
  }

  auto operator()(auto x, auto y, auto column) const {
    const auto a = column(alpha);
    auto wrong = max(sigmoid(-x) * y + sigmoid(x) * (1 - y), 1e-30);
    auto entropy =
        where(y == 1.0, 0.0, (1 - y) * softplus(x)) + where(y == 0.0, 0.0, y * softplus(-x));
    // Far on the right side by the logarithm: powers of `wrong` leave the numbers there.
    auto far = wrong < 1e-12 && (y == 0.0 || y == 1.0);
    auto surely = min(where(y == 0.0, softplus(-x), softplus(x)), 1e30);  // of infinite logits
    auto power = where(far, exp(-gamma * surely), pow(where(far, 1.0, wrong), gamma));
    return (a * y + (1 - a) * (1 - y)) * power * entropy;
  }
};

}  // namespace downhill
