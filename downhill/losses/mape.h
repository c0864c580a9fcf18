#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Absolute percentage error: the error relative to the target.
///
///     L = 100 |prediction - target| / max(|target|, eps)
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       percent; eps in the target's.
/// Gradient    100 sign(prediction - target) / max(|target|, eps); 0 at prediction = target.
/// Throws      UsageError if shapes or types differ, or eps <= 0.
/// Source      Makridakis, Accuracy measures, Int. J. Forecasting 9 (1993) 527-529.
/// Differs     Keras's MeanAbsolutePercentageError is the same. scikit-learn and CatBoost leave out
///             the 100; CatBoost and LightGBM divide by max(|target|, 1).
struct MAPE {
  double eps = 1e-7;

  static constexpr BuiltIn name = "mape";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() {
    return std::array{option<&MAPE::eps>("eps", kPositive, "the least target that is divided by")};
  }

  constexpr auto operator()(auto prediction, auto target) const {
    return 100.0 * (abs(prediction - target) / max(abs(target), eps));
  }
};

}  // namespace downhill
