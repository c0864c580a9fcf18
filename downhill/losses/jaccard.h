#pragma once
#include <cstdint>
#include <tuple>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/from.h"
#include "downhill/losses/over.h"

namespace downhill {

/// Jaccard loss: one minus intersection over union of two regions, with shares for memberships.
///
///     L = 1 - (sum(p y) + smooth) / (sum(p) + sum(y) - sum(p y) + smooth)
///
/// Shapes      as dice: prediction (...) probabilities p, or logits as `from` says; target y in
///             [0, 1] of the same type and shape, or int64 labels. `over` says what one region is;
///             one value per region.
/// Units       none; in [0, 1] for targets and probabilities in [0, 1].
/// Gradient    smooth where the denominator is not 0. With smooth = 0 an empty prediction of an
///             empty region is 0 / 0: NaN.
/// Mean        over the regions, each times its class's weight; pixels labelled `ignore_index` are
///             in no region; skip_absent leaves out regions whose target is empty.
/// Throws      UsageError if shapes or types differ, a target is outside [0, 1], a label is no
///             class, or an option is out of range.
/// Source      Rahman and Wang, Optimizing intersection-over-union in deep neural networks for image
///             segmentation, ISVC 2016, equations 3 and 4.
/// Differs     MONAI's DiceLoss(jaccard=True) is 1 - (2 sum(p y) + s) / (2 (union) + s): smooth here
///             is half of its s.
struct Jaccard {
  double smooth = 1;
  Over over = Over::image_class;
  From from = From::probability;
  std::int64_t axis = 0;  ///< of the classes: 1, or -1 for the last; 0: the one that fits
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};  ///< one per class; empty: all 1
  bool skip_absent = false;

  static constexpr BuiltIn name = "jaccard";
  static constexpr Range target_range = kUnit;
  std::array<Takes, 1> takes() const { return {takes_of(from)}; }
  static constexpr auto options() {
    return std::array{option<&Jaccard::smooth>(kSmooth),
                      option<&Jaccard::over>(kOver),
                      option<&Jaccard::from>(kFrom),
                      option<&Jaccard::axis>(kAxis),
                      option<&Jaccard::ignore_index>(kIgnoreIndex),
                      option<&Jaccard::weight>(kClassWeight),
                      option<&Jaccard::skip_absent>(kSkipAbsent)};
  }

  constexpr auto statistics(auto p, auto y) const { return std::tuple{p * y, p, y}; }
  constexpr auto value(auto both, auto p, auto y) const {
    return 1 - (both + smooth) / (p + y - both + smooth);
  }
};

}  // namespace downhill
