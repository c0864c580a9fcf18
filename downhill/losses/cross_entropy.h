#pragma once
#include <cstdint>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Cross-entropy of one of C classes, from logits.
///
///     q = (1 - s) onehot(label) + s / C        (soft targets: (1 - s) y + s / C), times weight[c]
///     L = sum_c q_c (logsumexp(x) - x_c)
///
/// Shapes      prediction (..., C) logits;
///             target (...) int64 labels in [0, C) or `ignore_index`, or
///             (..., C) soft targets of the prediction's type; one value per row.
/// Units       nats.
/// Gradient    (sum_c q_c) softmax(x) - q; smooth. Stated beside the value.
/// Mean        over the sum of the class weights of the rows' labels; ignored rows count 0. If all
///             are ignored: 0 with gradient 0.
/// Numerics    the largest logit is subtracted first: finite for all finite logits.
/// Throws      UsageError if shapes or types do not fit, a label is outside [0, C), or options are
///             out of range.
/// Source      Good (1952); label smoothing: Szegedy et al., arXiv 1512.00567, section 7.
/// Differs     PyTorch gives NaN when all rows are ignored, and with soft targets and class weights
///             divides by the number of rows; here by sum_c y_c weight[c], as for labels. A label
///             of class weight 0 counts nothing, also with smoothing.
struct CrossEntropy {
  double label_smoothing = 0;
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};  ///< one per class; empty: all 1

  static constexpr BuiltIn name = "cross_entropy";
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr auto options() {
    return std::array{
        option<&CrossEntropy::label_smoothing>(
            "label_smoothing", kUnit, "share of the target spread evenly over the classes"),
        option<&CrossEntropy::ignore_index>("ignore_index", kFinite,
                                            "rows with this label count 0"),
        option<&CrossEntropy::weight>("weight", kNonNegative, "weight of each class: 1;2;0.5")};
  }

  /// What a row counts in the mean.
  double row_weight(const auto& target) const {
    if (target.label() == ignore_index && target.has_label()) return 0;
    return weight.empty() ? 1 : target.average(weight);
  }

  auto row(const auto& x, const auto& target, auto& slope) const {
    const auto largest = x.max();
    const auto total = slope.fill(x, [&](auto v) { return exp(v - largest); });
    const auto log_total = log(total);
    if (target.has_label() && label_smoothing == 0) {
      const double w = weight.empty() ? 1 : weight[static_cast<std::size_t>(target.label())];
      const auto share = w / total;
      slope.finish([&](auto e) { return e * share; });
      slope.add(target.label(), -w);
      return w * (log_total + (largest - x[target.label()]));
    }
    const auto q = target.smoothed(label_smoothing, weight);
    const auto share = q.total() / total;
    slope.finish(q, [&](auto e, auto qc) { return e * share - qc; });
    return x.sum(q, [&](auto v, auto qc) {
      return where(qc == 0.0, 0.0, qc * (log_total + (largest - v)));
    });
  }
};

}  // namespace downhill
