#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Mean absolute error: its minimum is the median.
///
///     L = |prediction - target|
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       the target's.
/// Gradient    sign(prediction - target); 0 at the kink, where they are equal.
/// Throws      UsageError if shapes or types differ.
/// Source      Boscovich (1757); Laplace (1774).
/// Differs     none from PyTorch's l1_loss.
struct MAE {
  static constexpr BuiltIn name = "mae";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() { return no_options(); }

  constexpr auto operator()(auto prediction, auto target) const { return abs(prediction - target); }
};

}  // namespace downhill
