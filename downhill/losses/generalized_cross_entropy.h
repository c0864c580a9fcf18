#pragma once
#include <cstdint>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Generalized cross-entropy for labels that may be wrong: between cross-entropy (q towards 0) and
/// the mean absolute error of the probability (q = 1), which no single row can pull far.
///
///     L = sum_c y_c (1 - p_c^q) / q,    p = softmax(x)
///
/// with y the one-hot label or the soft target, times weight[c].
///
/// Shapes      as cross_entropy: prediction logits with a class axis; target int64 labels or soft
///             targets; one value per row.
/// Units       none, in [0, 1 / q].
/// Gradient    of a label t: p_c p_t^q for c other than t, -(1 - p_t) p_t^q for t; smooth. Stated
///             beside the value.
/// Numerics    1 - p^q as -expm1(q log p): a row that is sure and right keeps its digits.
/// Mean        over the sum of the class weights of the rows' labels; ignored rows count 0.
/// Throws      UsageError if shapes or types do not fit, a label is outside [0, C), or options are
///             out of range.
/// Source      Zhang and Sabuncu, arXiv 1805.07836, equation 6 (there q = 0.7).
/// Differs     Keras's CategoricalGeneralizedCrossEntropy takes probabilities.
struct GeneralizedCrossEntropy {
  double q = 0.5;
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};
  std::int64_t axis = 0;

  static constexpr BuiltIn name = "generalized_cross_entropy";
  static constexpr Range target_range = kNonNegative;
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr auto options() {
    using Self = GeneralizedCrossEntropy;
    return std::array{
        option<&Self::q>("q", Range{0, 1, true, false}, "near 0: cross-entropy; 1: a bounded pull"),
        option<&Self::ignore_index>(kIgnoreIndex), option<&Self::weight>(kClassWeight),
        option<&Self::axis>(kAxis)};
  }

  auto row(const auto& x, const auto& target, auto& slope) const {
    if (target.has_label()) return row_of_label(x, target.label(), slope);
    const auto largest = x.max();
    const auto total = slope.fill(x, [&](auto v) { return exp(v - largest); });
    const auto log_total = log(total);
    const auto y = target.smoothed(0, weight);
    const auto falls = [&](auto v) { return -(q * (log_total + (largest - v))); };
    const auto all = x.sum(y, [&](auto v, auto yc) { return yc * exp(falls(v)); });
    slope.fill(x, [](auto v) { return v; });
    slope.finish(
        y, [&](auto v, auto yc) { return exp(v - largest) / total * all - yc * exp(falls(v)); });
    return x.sum(y, [&](auto v, auto yc) { return yc * (-expm1(falls(v)) / q); });
  }

  auto row_of_label(const auto& x, const auto& label, auto& slope) const {
    const auto w = detail::weight_at(weight, label);
    const auto largest = x.max();
    const auto e = detail::around_label(x, label, largest, slope);
    const auto falls = -(q * (e.log_total + (largest - x[label])));
    const auto share = w * exp(falls) / e.total;
    slope.finish([&](auto ec) { return ec * share; });
    slope.set(label, -(e.others * share));
    return w * (-expm1(falls) / q);
  }
};

}  // namespace downhill
