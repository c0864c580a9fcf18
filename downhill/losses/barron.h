#pragma once
#include <cmath>
#include <utility>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Barron's general robust loss: one option runs through the family, from the square (alpha = 2)
/// over pseudo-Huber (1) and Cauchy (0) to Geman-McClure (-2), and towards Welsch (-inf).
///
///     q = (prediction - target) / c,    b = |alpha - 2|
///     L = b / alpha ((q^2 / b + 1)^(alpha / 2) - 1)
///     L = q^2 / 2 for alpha = 2,    log(q^2 / 2 + 1) for alpha = 0
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       c in the target's; L has none.
/// Gradient    q / c (q^2 / b + 1)^(alpha / 2 - 1); smooth. Stated beside the value.
/// Numerics    by expm1 and log1p, so that alpha = 0 is the limit of what is near it; where q^2 / b
///             is above 1e16 the 1 is left out and no square overflows.
/// Throws      UsageError if shapes or types differ, c <= 0, or alpha > 2.
/// Source      Barron, A General and Adaptive Robust Loss Function, arXiv 1701.03077, equation 8.
/// Differs     pseudo_huber, cauchy, welsch and geman_mcclure here are in squared units of the
///             target, with c of their own: barron of alpha = 1 and c is pseudo_huber of delta = c,
///             over c^2. nn::AdaptiveBarron learns alpha and c.
struct Barron {
  double alpha = 1, c = 1;

  static constexpr BuiltIn name = "barron";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() {
    return std::array{
        option<&Barron::alpha>("alpha", Range{-kInfinity, 2, true, false},
                               "2: square, 1: pseudo-Huber, 0: Cauchy, -2: Geman-McClure"),
        option<&Barron::c>("c", kPositive, "where it bends, in units of the target")};
  }

  auto operator()(auto prediction, auto target) const {
    return value_and_slope(prediction, target).first;
  }
  auto value_and_slope(auto prediction, auto target) const {
    auto q = (prediction - target) / c;
    if (alpha == 2) return std::pair(0.5 * q * q, q / c);
    const double b = 2 - alpha, root = std::sqrt(b);
    auto z = q / root;  // q^2 / b = z^2
    auto rise = where(abs(z) > 1e8, 2.0 * log(abs(z)), log1p(z * z));
    auto value = alpha == 0 ? rise : (b / alpha) * expm1((0.5 * alpha) * rise);
    return std::pair(value, (q / c) * exp((0.5 * alpha - 1) * rise));
  }
};

}  // namespace downhill
