#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Mean squared error.
///
///     L = (prediction - target)^2
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       the target's, squared.
/// Gradient    2 (prediction - target); smooth.
/// Throws      UsageError if shapes or types differ.
/// Source      Gauss, Theoria combinationis (1821); Legendre (1805).
/// Differs     none from PyTorch's mse_loss. (Optax's l2_loss is half of it.)
struct MSE {
  static constexpr BuiltIn name = "mse";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() { return no_options(); }

  constexpr auto operator()(auto prediction, auto target) const {
    auto r = prediction - target;
    return r * r;
  }
};

}  // namespace downhill
