#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Squared hinge loss: as hinge, but with a slope that has no jump.
///
///     L = max(0, 1 - y x)^2
///
/// Shapes      prediction (...) x, whose sign is the class, target (...) y, -1 or 1, equal; one value
///             per element.
/// Units       none.
/// Gradient    -2 y max(0, 1 - y x); at y x = 1 the second derivative is that beyond the margin, 0.
/// Throws      UsageError if shapes or types differ, or a target is outside [-1, 1] or 0.
/// Source      Chang, Hsieh and Lin, Coordinate descent method for large-scale L2-loss linear
///             support vector machines, JMLR 9 (2008) 1369-1398, equation 3.
/// Differs     Keras's SquaredHinge takes targets 0 and 1 as well.
struct SquaredHinge {
  static constexpr BuiltIn name = "squared_hinge";
  static constexpr std::array takes = {Takes::logit};
  static constexpr Range target_range = kSigns;
  static constexpr double first_class = -1;
  static constexpr auto options() { return no_options(); }

  constexpr auto operator()(auto prediction, auto target) const {
    auto short_of = max(1.0 - target * prediction, 0.0);
    return short_of * short_of;
  }
};

}  // namespace downhill
