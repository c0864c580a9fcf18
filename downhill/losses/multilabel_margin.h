#pragma once
#include <cstdint>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Multilabel margin loss: each label that is true should have a score above each that is not, by
/// 1.
///
///     L = 1 / C sum_(a: y_a > 0) sum_(b: y_b = 0) max(0, 1 - x_a + x_b)
///
/// Shapes      prediction (N, C) scores, or with other axes as cross_entropy; target y of the same
///             type and shape, above 0 for the labels that are true; or int64 labels, one for each
///             row. One value per row.
/// Units       those of the scores.
/// Gradient    the sum of the pairs' -1 and 1, over C; 0 at the kinks.
/// Mean        over the rows; ignored rows count 0.
/// Throws      UsageError if shapes or types do not fit, a label is outside [0, C), or
///             a soft target outside [0, 1] (PyTorch's lists are).
/// Source      Crammer and Singer, A family of additive online algorithms for category ranking, JMLR
///             3 (2003) 1025-1058.
/// Differs     PyTorch's multilabel_margin_loss has the list of the true labels, ended by -1, for a
///             target.
struct MultilabelMargin {
  std::int64_t ignore_index = -100;
  std::int64_t axis = 0;

  static constexpr BuiltIn name = "multilabel_margin";
  static constexpr Range target_range = kUnit;
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr auto options() {
    return std::array{option<&MultilabelMargin::ignore_index>(kIgnoreIndex),
                      option<&MultilabelMargin::axis>(kAxis)};
  }

  double row_weight(const auto& target) const {
    return target.has_label() && target.label() == ignore_index ? 0 : 1;
  }
  auto row(const auto& x, const auto& target, auto& slope) const {
    const auto y = target.smoothed(0, {});
    const double share = 1 / static_cast<double>(x.size());
    auto value = slope.fill(x, [](auto) { return 0.0; });
    for (std::int64_t a = 0; a < x.size(); ++a) {
      if (!(y.share(a) > 0)) continue;
      const auto own = x[a];
      for (std::int64_t b = 0; b < x.size(); ++b) {
        const auto missing = 1.0 - own + x[b];
        if (y.share(b) > 0 || value_only(missing).first() <= 0) continue;
        value = value + missing * share;
        slope.add(b, constant(value, share));
        slope.add(a, constant(value, -share));
      }
    }
    return value;
  }

 private:
  template <class N>
  static N constant(const N&, double k) {
    return N(k);
  }
};

}  // namespace downhill
