#pragma once
#include <cstdint>
#include <tuple>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/from.h"
#include "downhill/losses/over.h"

namespace downhill {

/// Dice loss: one minus the overlap of two regions, which does not care how large the background
/// is.
///
///     L = 1 - (2 sum(p y) + smooth) / (sum(p) + sum(y) + smooth)
///     L = 1 - (2 sum(p y) + smooth) / (sum(p^2) + sum(y^2) + smooth)        (squared)
///
/// Shapes      prediction (...) probabilities p, or logits as `from` says; target y in [0, 1] of the
///             same type and shape, or int64 labels, of the prediction's shape without the class
///             axis. What one region is, follows from the rank: (D) one region; (N, D) one per
///             image; (N, C, ...) one per image and class. `over` changes it: image_class, image,
///             class, pooled. One value per region. The class axis is the one that fits the labels;
///             for a soft target of rank above 2 `axis` must say it.
/// Units       none; in [0, 1] for targets and probabilities in [0, 1].
/// Gradient    smooth where the denominator is not 0. With smooth = 0 an empty prediction of an
///             empty region is 0 / 0: NaN.
/// Mean        over the regions, each times its class's weight; pixels labelled `ignore_index` are
///             in no region; skip_absent leaves out regions whose target is empty.
/// Throws      UsageError if shapes or types differ, a target is outside [0, 1], a label is no
///             class, or an option is out of range.
/// Source      Milletari et al., V-Net, arXiv 1606.04797, section 3 (squared); plain: Sudre et al.,
///             arXiv 1707.03237, equation 2.
/// Differs     MONAI adds its smoothing of 1e-5 above and below too, Keras its 1e-7 below only: an
///             empty region costs 1 there. `squared` is MONAI's squared_pred.
struct Dice {
  double smooth = 1;
  bool squared = false;
  Over over = Over::image_class;
  From from = From::probability;
  std::int64_t axis = 0;  ///< of the classes: 1, or -1 for the last; 0: the one that fits
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};  ///< one per class; empty: all 1
  bool skip_absent = false;

  static constexpr BuiltIn name = "dice";
  static constexpr Range target_range = kUnit;
  std::array<Takes, 1> takes() const { return {takes_of(from)}; }
  static constexpr auto options() {
    return std::array{option<&Dice::smooth>(kSmooth),
                      option<&Dice::squared>("squared", "squares in the sums below"),
                      option<&Dice::over>(kOver),
                      option<&Dice::from>(kFrom),
                      option<&Dice::axis>(kAxis),
                      option<&Dice::ignore_index>(kIgnoreIndex),
                      option<&Dice::weight>(kClassWeight),
                      option<&Dice::skip_absent>(kSkipAbsent)};
  }

  constexpr auto statistics(auto p, auto y) const {
    return std::tuple{p * y, squared ? p * p : p, squared ? y * y : y};
  }
  constexpr auto value(auto both, auto p, auto y) const {
    return 1 - (2 * both + smooth) / (p + y + smooth);
  }
};

}  // namespace downhill
