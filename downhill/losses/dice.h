#pragma once
#include <tuple>

#include "downhill/core/options.h"
#include "downhill/losses/over.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Dice loss: one minus the overlap of two regions,
/// which does not care how large the background is.
///
///     L = 1 - (2 sum(p y) + smooth) / (sum(p) + sum(y) + smooth)
///
/// Shapes      prediction (...) probabilities p, target (...) y in [0, 1]
///             of the same type and shape.
///             What one region is, follows from the rank: (D) one region; (N, D) one per image;
///             (N, C, ...) one per image and class. `over` changes it: image_class, image, class,
///             pooled. One value per region.
/// Units       none; in [0, 1] for targets and probabilities in [0, 1].
/// Gradient    smooth where the denominator is not 0. With smooth = 0 an empty prediction of an
///             empty region is 0 / 0: NaN.
/// Throws      UsageError if shapes or types differ, or smooth < 0.
/// Source      Milletari et al., V-Net, arXiv 1606.04797 (there with squares in the denominator);
///             this form: Sudre et al., arXiv 1707.03237, equation 2.
/// Differs     MONAI and Keras add their smoothing above and below too, with 1e-5 and 1e-7.
struct Dice {
  double smooth = 1;
  Over over = Over::image_class;

  static constexpr BuiltIn name = "dice";
  static constexpr std::array takes = {Takes::probability};
  static constexpr auto options() {
    return std::array{
        option<&Dice::smooth>("smooth", kNonNegative,
                              "added above and below; keeps empty regions finite"),
        option<&Dice::over>("over", "what is one region: image_class, image, class or pooled")};
  }

  constexpr auto statistics(auto p, auto y) const { return std::tuple{p * y, p, y}; }
  constexpr auto value(auto both, auto p, auto y) const {
    return 1 - (2 * both + smooth) / (p + y + smooth);
  }
};

}  // namespace downhill
