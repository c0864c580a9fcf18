#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Symmetric absolute percentage error: the error relative to the mean size of prediction and
/// target, so that it is bounded.
///
///     L = 200 |prediction - target| / (|prediction| + |target|)        (0 where both are 0)
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       percent, in [0, 200].
/// Gradient    of the quotient; 0 where prediction = target, and the part of |prediction| is 0 at a
///             prediction of 0. Where the signs differ L is 200 and its slope 0.
/// Throws      UsageError if shapes or types differ.
/// Source      Makridakis, Accuracy measures, Int. J. Forecasting 9 (1993) 527-529.
/// Differs     CatBoost's SMAPE is the same; tiny-cuda-nn's leaves out the 100, has no halves and
///             adds 0.01 below.
struct SMAPE {
  static constexpr BuiltIn name = "smape";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() { return no_options(); }

  constexpr auto operator()(auto prediction, auto target) const {
    auto size = abs(prediction) + abs(target);
    return where(size == 0.0, 0.0, 200.0 * (abs(prediction - target) / size));
  }
};

}  // namespace downhill
