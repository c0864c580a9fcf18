#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Hinge loss of support vector machines: what is right by a margin of 1 costs nothing.
///
///     L = max(0, 1 - y x)
///
/// Shapes      prediction (...) x, whose sign is the class, target (...) y, -1 or 1 (between them:
///             the line between the classes' margins), equal; one value per element.
/// Units       none.
/// Gradient    -y within the margin, 0 beyond it and at the kink y x = 1.
/// Throws      UsageError if shapes or types differ, or a target is outside [-1, 1] or 0.
/// Source      Cortes and Vapnik, Support-vector networks, Mach. Learn. 20 (1995) 273-297.
/// Differs     Keras's Hinge takes targets 0 and 1 as well; Optax's hinge_loss is the same.
struct Hinge {
  static constexpr BuiltIn name = "hinge";
  static constexpr std::array takes = {Takes::logit};
  static constexpr Range target_range = kSigns;
  static constexpr double first_class = -1;
  static constexpr auto options() { return no_options(); }

  constexpr auto operator()(auto prediction, auto target) const {
    return max(1.0 - target * prediction, 0.0);
  }
};

}  // namespace downhill
