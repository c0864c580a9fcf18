#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Epsilon-insensitive loss of support vector regression: errors up to epsilon cost nothing.
///
///     L = max(0, |prediction - target| - epsilon)
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       those of the target, epsilon as well.
/// Gradient    sign(prediction - target) beyond epsilon, 0 within and at the kinks.
/// Throws      UsageError if shapes or types differ, or epsilon < 0.
/// Source      Drucker et al., Support Vector Regression Machines, NIPS 1996, equation 1.
/// Differs     PyTorch has none; dlib's loss_epsilon_insensitive and scikit-learn's are the same.
struct EpsilonInsensitive {
  double epsilon = 0.1;

  static constexpr BuiltIn name = "epsilon_insensitive";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() {
    return std::array{option<&EpsilonInsensitive::epsilon>(
        "epsilon", kNonNegative, "errors up to this cost nothing, in units of the target")};
  }

  constexpr auto operator()(auto prediction, auto target) const {
    return max(abs(prediction - target) - epsilon, 0.0);
  }
};

}  // namespace downhill
