#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Huber loss: quadratic near zero, linear in the tails, so that outliers pull with bounded force.
///
///     r = prediction - target
///     L = r^2 / 2                     if |r| <= delta
///     L = delta (|r| - delta / 2)     otherwise
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       delta in the target's; L in its square.
/// Gradient    clamp(r, -delta, delta); at |r| = delta both branches agree (C1, not C2: the second
///             derivative there is that of the quadratic branch, 1).
/// Throws      UsageError if shapes or types differ, or delta <= 0.
/// Source      Huber, Robust Estimation of a Location Parameter, Ann. Math. Stat. 35 (1964) 73-101.
/// Differs     none from PyTorch's huber_loss. (Its smooth_l1(beta) is huber(delta = beta) / beta.)
struct Huber {
  double delta = 1;

  static constexpr BuiltIn name = "huber";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() {
    return std::array{
        option<&Huber::delta>("delta", kPositive, "where it turns linear, in units of the target")};
  }

  constexpr auto operator()(auto prediction, auto target) const {
    auto r = prediction - target;  // squared as it is: abs(r) has no second derivative at 0
    return where(abs(r) <= delta, 0.5 * r * r, delta * (abs(r) - 0.5 * delta));
  }
};

}  // namespace downhill
