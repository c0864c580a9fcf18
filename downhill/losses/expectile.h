#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// The expectile loss: mse with one weight for targets above the prediction and one for those
/// below. Its minimum is to the mean what a quantile is to the median.
///
///     r = target - prediction
///     L = quantile r^2           if r > 0
///     L = (1 - quantile) r^2     otherwise
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       the target's, squared.
/// Gradient    -2 quantile r above the prediction, -2 (1 - quantile) r below; 0 at r = 0, where the
///             second derivative is that of the lower branch.
/// Throws      UsageError if shapes or types differ, or quantile is outside (0, 1).
/// Source      Newey and Powell, Asymmetric Least Squares Estimation and Testing, Econometrica 55
///             (1987) 819-847, equation 2.3.
/// Differs     PyTorch has none. CatBoost's Expectile and XGBoost's reg:expectileerror are the same.
struct Expectile {
  double quantile = 0.5;

  static constexpr BuiltIn name = "expectile";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() {
    return std::array{option<&Expectile::quantile>(
        "quantile", Range{0, 1, true, true}, "weight of targets above; the rest is that of below")};
  }

  constexpr auto operator()(auto prediction, auto target) const {
    auto r = target - prediction;
    return where(r > 0.0, quantile * r * r, (1 - quantile) * r * r);
  }
};

}  // namespace downhill
