#pragma once
#include <cstdint>
#include <tuple>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/from.h"
#include "downhill/losses/over.h"

namespace downhill {

/// Focal Tversky loss: the Tversky loss to a power; below 1 it keeps pulling on regions that are
/// nearly right, above 1 it turns to the bad ones.
///
///     TP = sum(p y),    FP = sum(p (1 - y)),    FN = sum((1 - p) y)
///     T = (TP + smooth) / (TP + alpha FP + beta FN + smooth)
///     L = (1 - T)^gamma
///
/// Shapes      as dice: prediction (...) probabilities p, or logits as `from` says; target y in
///             [0, 1] of the same type and shape, or int64 labels. `over` says what one region is;
///             one value per region.
/// Units       none; in [0, 1] for targets and probabilities in [0, 1].
/// Gradient    smooth; a 1 - T below 1e-30 counts as that: slope 0 where a region is exactly right.
/// Mean        over the regions, each times its class's weight; pixels labelled `ignore_index` are
///             in no region; skip_absent leaves out regions whose target is empty.
/// Throws      UsageError if shapes or types differ, a target is outside [0, 1], a label is no
///             class, or an option is out of range.
/// Source      Abraham and Khan, arXiv 1810.07842, equation 4: there (1 - T)^(1 / gamma) with
///             gamma = 4/3, and alpha for what is missed (0.7), beta for false alarms (0.3).
/// Differs     segmentation_models_pytorch's TverskyLoss(gamma) is the same.
struct FocalTversky {
  double alpha = 0.3, beta = 0.7, gamma = 0.75, smooth = 1;
  Over over = Over::image_class;
  From from = From::probability;
  std::int64_t axis = 0;  ///< of the classes: 1, or -1 for the last; 0: the one that fits
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};  ///< one per class; empty: all 1
  bool skip_absent = false;

  static constexpr BuiltIn name = "focal_tversky";
  static constexpr Range target_range = kUnit;
  std::array<Takes, 1> takes() const { return {takes_of(from)}; }
  static constexpr auto options() {
    return std::array{
        option<&FocalTversky::alpha>("alpha", kNonNegative,
                                     "price of what is marked and not there"),
        option<&FocalTversky::beta>("beta", kNonNegative, "price of what is there and missed"),
        option<&FocalTversky::gamma>("gamma", kPositive, "the power of 1 - T"),
        option<&FocalTversky::smooth>(kSmooth),
        option<&FocalTversky::over>(kOver),
        option<&FocalTversky::from>(kFrom),
        option<&FocalTversky::axis>(kAxis),
        option<&FocalTversky::ignore_index>(kIgnoreIndex),
        option<&FocalTversky::weight>(kClassWeight),
        option<&FocalTversky::skip_absent>(kSkipAbsent)};
  }

  constexpr auto statistics(auto p, auto y) const {
    return std::tuple{p * y, p * (1.0 - y), (1.0 - p) * y};
  }
  constexpr auto value(auto hit, auto alarm, auto missed) const {
    auto wrong = alpha * alarm + beta * missed;  // 1 - T without a difference
    return pow(max(wrong / (hit + wrong + smooth), 1e-30), gamma);
  }
};

}  // namespace downhill
