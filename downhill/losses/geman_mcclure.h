#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Geman and McClure's robust loss: bounded, the force of an outlier falls as 1 / |r|^3.
///
///     r = prediction - target
///     L = (r^2 / 2) / (1 + (r / c)^2)
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       c in the target's; L in its square, below c^2 / 2.
/// Gradient    r / (1 + (r / c)^2)^2; smooth. The loss is not convex beyond |r| = c / sqrt(3).
/// Numerics    beyond 1e8 c the value is c^2 / 2, so that no square overflows.
/// Throws      UsageError if shapes or types differ, or c <= 0.
/// Source      Geman and McClure, Bayesian image analysis: an application to single photon emission
///             tomography, Proc. ASA Stat. Comput. Sect. (1985) 12-18.
/// Differs     Kornia's geman_mcclure_loss is 2 r^2 / (r^2 + 4): this with c = 2.
struct GemanMcClure {
  double c = 1;

  static constexpr BuiltIn name = "geman_mcclure";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() {
    return std::array{option<&GemanMcClure::c>("c", kPositive,
                                               "the width of what pulls, in units of the target")};
  }

  constexpr auto operator()(auto prediction, auto target) const {
    auto r = prediction - target, q = r / c;
    return where(abs(q) > 1e8, 0.5 * c * c, 0.5 * r * (r / (1.0 + q * q)));
  }
};

}  // namespace downhill
