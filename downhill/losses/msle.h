#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Squared error of logarithms: what counts is the ratio of prediction and target, for quantities
/// that span orders of magnitude.
///
///     L = (log(1 + prediction) - log(1 + target))^2
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       squared nats.
/// Gradient    2 (log(1 + prediction) - log(1 + target)) / (1 + prediction); smooth.
/// Throws      UsageError if shapes or types differ, or a target is -1 or below. A prediction of -1
///             costs infinity, one below it NaN.
/// Source      scikit-learn, mean_squared_log_error; XGBoost, reg:squaredlogerror (there times 1/2).
/// Differs     Keras's MeanSquaredLogarithmicError raises both to at least 1e-7 first.
struct MSLE {
  static constexpr BuiltIn name = "msle";
  static constexpr std::array takes = {Takes::positive};
  static constexpr Range target_range{-1, kInfinity, true, true};
  static constexpr auto options() { return no_options(); }

  constexpr auto operator()(auto prediction, auto target) const {
    auto r = log1p(prediction) - log1p(target);
    return r * r;
  }
};

}  // namespace downhill
