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
/// Gradient    -y on the wrong side and at the kink x = 0, so that a model which starts at 0 learns;
///             0 on the right side.
/// Throws      UsageError if shapes or types differ, or a target is outside [-1, 1] or 0.
/// Source      Rosenblatt, The perceptron, Psychol. Rev. 65 (1958) 386-408.
/// Differs     Optax's perceptron_loss has the slope -y / 2 at the kink.
struct Perceptron {
  static constexpr BuiltIn name = "perceptron";
  static constexpr std::array takes = {Takes::logit};
  static constexpr Range target_range = kSigns;
  static constexpr double first_class = -1;
  static constexpr auto options() { return no_options(); }

  constexpr auto operator()(auto prediction, auto target) const {
    auto wrong = -(target * prediction);
    return where(wrong < 0.0, 0.0, wrong);
  }
};

}  // namespace downhill
