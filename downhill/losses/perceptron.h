#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Perceptron loss: only what is on the wrong side costs, by how far it is.
///
///     L = max(0, -y x)
///
/// Shapes      prediction (...) x, whose sign is the class, target (...) y, -1 or 1, equal; one value
///             per element.
/// Units       those of x.
/// Gradient    -y on the wrong side, 0 on the right one and at the kink x = 0: a model that starts
///             at 0 everywhere stays there.
/// Throws      UsageError if shapes or types differ, or a target is outside [-1, 1].
/// Source      Rosenblatt, The perceptron, Psychol. Rev. 65 (1958) 386-408.
/// Differs     none from Optax's perceptron_loss.
struct Perceptron {
  static constexpr BuiltIn name = "perceptron";
  static constexpr std::array takes = {Takes::logit};
  static constexpr Range target_range{-1, 1};
  static constexpr double first_class = -1;
  static constexpr auto options() { return no_options(); }

  constexpr auto operator()(auto prediction, auto target) const {
    return max(-(target * prediction), 0.0);
  }
};

}  // namespace downhill
