#pragma once
#include <cstdint>
#include <tuple>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/from.h"
#include "downhill/losses/over.h"

namespace downhill {

/// Tversky loss: dice with a price of its own for what was marked and is not there (alpha) and for
/// what is there and was missed (beta).
///
///     TP = sum(p y),    FP = sum(p (1 - y)),    FN = sum((1 - p) y)
///     L = 1 - (TP + smooth) / (TP + alpha FP + beta FN + smooth)
///
/// Shapes      as dice: prediction (...) probabilities p, or logits as `from` says; target y in
///             [0, 1] of the same type and shape, or int64 labels. `over` says what one region is;
///             one value per region.
/// Units       none; in [0, 1] for targets and probabilities in [0, 1].
/// Gradient    smooth where the denominator is not 0.
/// Mean        over the regions, each times its class's weight; pixels labelled `ignore_index` are
///             in no region; skip_absent leaves out regions whose target is empty.
/// Throws      UsageError if shapes or types differ, a target is outside [0, 1], a label is no
///             class, or an option is out of range.
/// Source      Salehi et al., arXiv 1706.05721, equation 3.
/// Differs     alpha = beta = 1/2 is dice with twice the smooth, 1 and 1 is jaccard. MONAI
///             names alpha and beta alike, with smooth 1e-5; Keras's alpha is the price of what is
///             missed, and its 1e-7 is added below only.
struct Tversky {
  double alpha = 0.5, beta = 0.5, smooth = 1;
  Over over = Over::image_class;
  From from = From::probability;
  std::int64_t axis = 0;  ///< of the classes: 1, or -1 for the last; 0: the one that fits
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};  ///< one per class; empty: all 1
  bool skip_absent = false;

  static constexpr BuiltIn name = "tversky";
  static constexpr Range target_range = kUnit;
  std::array<Takes, 1> takes() const { return {takes_of(from)}; }
  static constexpr auto options() {
    return std::array{
        option<&Tversky::alpha>("alpha", kNonNegative, "price of what is marked and not there"),
        option<&Tversky::beta>("beta", kNonNegative, "price of what is there and missed"),
        option<&Tversky::smooth>(kSmooth),
        option<&Tversky::over>(kOver),
        option<&Tversky::from>(kFrom),
        option<&Tversky::axis>(kAxis),
        option<&Tversky::ignore_index>(kIgnoreIndex),
        option<&Tversky::weight>(kClassWeight),
        option<&Tversky::skip_absent>(kSkipAbsent)};
  }

  constexpr auto statistics(auto p, auto y) const {
    return std::tuple{p * y, p * (1.0 - y), (1.0 - p) * y};
  }
  constexpr auto value(auto hit, auto alarm, auto missed) const {
    return 1 - (hit + smooth) / (hit + alpha * alarm + beta * missed + smooth);
  }
};

}  // namespace downhill
