#pragma once
#include <cstdint>
#include <numeric>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Cross-entropy of one of C classes, from logits.
///
///     q = (1 - s) onehot(label) + s / C        (soft targets: (1 - s) y + s / C), times weight[c]
///     L = sum_c q_c (logsumexp(x) - x_c)
///
/// Shapes      prediction (N, C), (N, ..., C) or (N, C, ...) logits; target int64 labels in [0, C)
///             or `ignore_index`, of that shape without the class axis, or soft targets of the
///             prediction's type and shape; one value per row. The class axis is the one that fits
///             the labels; where both fit, and for soft targets of rank above 2, `axis` says it.
/// Units       nats.
/// Gradient    (sum_c q_c) softmax(x) - q; smooth. Stated beside the value.
/// Mean        over the sum of the class weights of the rows' labels; ignored rows count 0. If all
///             are ignored: 0 with gradient 0.
/// Numerics    the largest logit is subtracted first: finite for all finite logits. Where the label
///             has the largest, the loss is log1p of the others' sum: logits (40, 0, 0) with label
///             0 cost 8.5e-18, not 0.
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
  std::int64_t axis = 0;            ///< of the classes: 1, or -1 for the last; 0: the one that fits

  static constexpr BuiltIn name = "cross_entropy";
  static constexpr Range target_range = kNonNegative;
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr auto options() {
    return std::array{
        option<&CrossEntropy::label_smoothing>(
            "label_smoothing", kUnit, "share of the target spread evenly over the classes"),
        option<&CrossEntropy::ignore_index>(kIgnoreIndex),
        option<&CrossEntropy::weight>(kClassWeight), option<&CrossEntropy::axis>(kAxis)};
  }

  auto row(const auto& x, const auto& target, auto& slope) const {
    if (target.has_label()) return row_of_label(x, target.label(), slope);
    const auto largest = x.max();
    const auto total = slope.fill(x, [&](auto v) { return exp(v - largest); });
    const auto log_total = log(total);
    const auto q = target.smoothed(label_smoothing, weight);
    const auto share = q.total() / total;
    slope.finish(q, [&](auto e, auto qc) { return e * share - qc; });
    return x.sum(q, [&](auto v, auto qc) {
      return where(qc == 0.0, 0.0, qc * (log_total + (largest - v)));
    });
  }

  auto row_of_label(const auto& x, const auto& label, auto& slope) const {
    if (label_smoothing != 0) return smoothed_row(x, label, slope);
    const auto w = detail::weight_at(weight, label);
    const auto largest = x.max();
    const auto e = detail::around_label(x, label, largest, slope);
    const auto share = w / e.total;
    slope.finish([&](auto ec) { return ec * share; });
    slope.set(label, -(e.others * share));
    return w * (e.log_total + (largest - x[label]));
  }

 private:
  // L = w_t (1 - s) (logsumexp(x) - x_t) + s/C sum_c w_c (logsumexp(x) - x_c)
  auto smoothed_row(const auto& x, const auto& label, auto& slope) const {
    const auto w = detail::weight_at(weight, label);
    const auto hard = w * (1 - label_smoothing);
    const double count = static_cast<double>(x.size()), spread = label_smoothing / count;
    const double all = weight.empty() ? count : std::accumulate(weight.begin(), weight.end(), 0.0);
    const auto largest = x.max();
    const auto e = detail::around_label(x, label, largest, slope);
    const auto share = (hard + spread * all) / e.total;
    const auto nats = hard * (e.log_total + (largest - x[label])) + spread * all * e.log_total;
    if (weight.empty()) {
      slope.finish([&](auto ec) { return ec * share - spread; });
      slope.set(label, spread * (all - w) - e.others * share);
      return nats + spread * x.sum([&](auto v) { return largest - v; });
    }
    const auto weights = x.row_of(weight);
    slope.finish(weights, [&](auto ec, auto wc) { return ec * share - spread * wc; });
    slope.set(label, spread * (all - w) - e.others * share);
    return nats + spread * x.sum(weights, [&](auto v, auto wc) {
      return where(wc == 0.0, 0.0, wc * (largest - v));
    });
  }
};

}  // namespace downhill
