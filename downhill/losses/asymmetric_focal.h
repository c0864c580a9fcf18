#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Asymmetric focal loss for many labels of which few are true: one power for positives, another
/// for negatives, and negatives that are nearly right cost nothing at all.
///
///     p = 1 / (1 + e^-x),    n = max(p - clip, 0)
///     L = -y (1 - p)^gamma_pos log p - (1 - y) n^gamma_neg log(1 - n)
///
/// Shapes      prediction (...) logits x, target (...) y in [0, 1] equal; one value per element.
/// Units       nats.
/// Gradient    smooth but at p = clip, where the slope is 0 for gamma_neg > 0. It passes through
///             the powers.
/// Numerics    finite for all finite logits; a 1 - p below 1e-30 counts as that.
/// Throws      UsageError if shapes or types differ, a target is outside [0, 1], or an option is out
///             of its range.
/// Source      Ben-Baruch et al., Asymmetric Loss for Multi-Label Classification, arXiv 2009.14119,
///             equations 4 to 7.
/// Differs     timm's AsymmetricLossMultiLabel is the sum over all elements of this, with
///             logarithms of at least 1e-8.
struct AsymmetricFocal {
  double gamma_pos = 1, gamma_neg = 4, clip = 0.05;

  static constexpr BuiltIn name = "asymmetric_focal";
  static constexpr std::array takes = {Takes::logit};
  static constexpr Range target_range = kUnit;
  static constexpr auto options() {
    return std::array{
        option<&AsymmetricFocal::gamma_pos>("gamma_pos", kNonNegative, "power of the positives"),
        option<&AsymmetricFocal::gamma_neg>("gamma_neg", kNonNegative, "power of the negatives"),
        option<&AsymmetricFocal::clip>("clip", kFraction,
                                       "negatives of a probability up to this cost nothing")};
  }

  auto operator()(auto x, auto y) const {
    auto missed = pow(max(sigmoid(-x), 1e-30), gamma_pos) * softplus(-x);
    return where(y == 0.0, 0.0, y * missed) + where(y == 1.0, 0.0, (1 - y) * alarm(x));
  }

 private:
  auto alarm(auto x) const {
    auto n = sigmoid(x) - clip;
    auto above = n > 0.0;
    auto power = pow(max(n, 1e-30), gamma_neg);
    if (clip == 0) return power * softplus(x);
    return where(above, -(power * log1p(-where(above, n, 0.0))), 0.0);
  }
};

}  // namespace downhill
