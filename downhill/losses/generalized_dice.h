#pragma once
#include <cstdint>
#include <tuple>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/from.h"
#include "downhill/losses/over.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"

namespace downhill {

/// Generalized Dice loss: one overlap of all classes, in which a class counts by the inverse of its
/// squared size, so that small regions are not lost beside large ones.
///
///     w_c = 1 / (sum(y_c)^2 + smooth)
///     L = 1 - 2 sum_c w_c sum(p_c y_c) / sum_c w_c (sum(p_c) + sum(y_c))
///
/// Shapes      prediction (N, C, ...) probabilities p, or logits as `from` says; target y in [0, 1]
///             of the same type and shape, or int64 labels, of the prediction's shape without the
///             class axis. One value per image; with over = pooled one for all. The class axis is
///             the one that fits the labels; for a soft target of rank above 2 `axis` must say it.
/// Units       none; smooth in squared pixels. In [0, 1].
/// Gradient    smooth. An image whose pixels are all ignored costs 0 with gradient 0.
/// Mean        over the images; pixels labelled `ignore_index` are in no region.
/// Throws      UsageError if shapes or types differ, a target is outside [0, 1], a label is no
///             class, or smooth <= 0.
/// Source      Sudre et al., arXiv 1707.03237, section 2.
/// Differs     the paper's w_c = 1 / sum(y_c)^2 is infinite for a class that is absent; MONAI then
///             takes the largest of the others. `smooth` bounds it: 1 lets an absent class count
///             as one of a single pixel about.
struct GeneralizedDice {
  double smooth = 1;
  Over over = Over::image_class;
  From from = From::probability;
  std::int64_t axis = 0;  ///< of the classes: 1, or -1 for the last; 0: the one that fits
  std::int64_t ignore_index = -100;

  static constexpr BuiltIn name = "generalized_dice";
  static constexpr Range target_range = kUnit;
  std::array<Takes, 1> takes() const { return {takes_of(from)}; }
  static constexpr auto options() {
    return std::array{
        option<&GeneralizedDice::smooth>("smooth", kPositive, "bounds the weight of a rare class"),
        option<&GeneralizedDice::over>("over",
                                       "image_class or image: each image; class or pooled: "
                                       "all together"),
        option<&GeneralizedDice::from>(kFrom), option<&GeneralizedDice::axis>(kAxis),
        option<&GeneralizedDice::ignore_index>(kIgnoreIndex)};
  }

  constexpr auto statistics(auto p, auto y) const { return std::tuple{p * y, p, y}; }
  /// Of the sums of all classes, each (images, classes).
  Tensor value(const Tensor& both, const Tensor& p, const Tensor& y) const {
    const Tensor w = 1.0 / (square(y) + smooth);
    const Tensor total = sum(w * (p + y), 1), one = Tensor::scalar(1, total.type());
    const Tensor none = total.detach() <= 0.0;
    const Tensor overlap = 2.0 * sum(w * both, 1) / where(none, one, total);
    return 1.0 - where(none, one, overlap);
  }
};

}  // namespace downhill
