#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// The p-th power of the error: 1 is mae, 2 is mse; between them outliers pull with less force than
/// in mse, above 2 with more.
///
///     L = |prediction - target|^p
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       the target's, to the power p.
/// Gradient    p |r|^(p-1) sign(r), 0 at r = 0. The second derivative at r = 0 is infinite for
///             1 < p < 2 and is stated as 0 there.
/// Throws      UsageError if shapes or types differ, or p < 1.
/// Source      Money et al., The linear regression problem: L_p norm estimation, Commun. Stat. 11
///             (1982) 89-109.
/// Differs     CatBoost's Lq is the same. OpenNN's MinkowskiError and Burn's LpLoss as well, but for
///             Burn's root over a whole row.
struct Lp {
  double p = 1.5;

  static constexpr BuiltIn name = "lp";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() {
    return std::array{option<&Lp::p>("p", kCount, "the power: 1 is mae, 2 is mse")};
  }

  auto operator()(auto prediction, auto target) const {
    auto r = prediction - target;
    if (p == 2) return r * r;
    auto power = pow(where(r >= 0.0, r, -r), p);
    return p < 2 ? where(r == 0.0, 0.0, power) : power;
  }
};

}  // namespace downhill
