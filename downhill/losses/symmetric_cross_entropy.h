#pragma once
#include <cmath>
#include <cstdint>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Symmetric cross-entropy for labels that may be wrong: cross-entropy plus its reverse, in which
/// target and prediction change places and which no single row can pull far.
///
///     L = alpha sum_c q_c (-log p_c) + beta sum_c p_c (-max(log y_c, log_zero)) W,    p = softmax(x)
///
/// with y the one-hot label or the soft target, q the same times weight[c], W = sum_c q_c.
///
/// Shapes      as cross_entropy: prediction logits with a class axis; target int64 labels or soft
///             targets; one value per row.
/// Units       nats.
/// Gradient    of a label t: p_c (alpha + a p_t) for c other than t, -(1 - p_t)(alpha + a p_t) for t,
///             with a = -beta log_zero, times W; smooth. Stated beside the value.
/// Numerics    as cross_entropy; the reverse part of a label is -log_zero (1 - p_t), with 1 - p_t the
///             sum of the others.
/// Mean        over the sum of the class weights of the rows' labels; ignored rows count 0.
/// Throws      UsageError if shapes or types do not fit, a label is outside [0, C), or options are
///             out of range.
/// Source      Wang et al., arXiv 1908.06112, equation 7; alpha and beta as theirs for CIFAR-10,
///             log_zero = -4 as in their section 5.
/// Differs     the authors' code cuts probabilities off at 1e-7 and targets at 1e-4 (log 1e-4 = -9.2).
struct SymmetricCrossEntropy {
  double alpha = 0.1, beta = 1, log_zero = -4;
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};
  std::int64_t axis = 0;

  static constexpr BuiltIn name = "symmetric_cross_entropy";
  static constexpr Range target_range = kNonNegative;
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr auto options() {
    using Self = SymmetricCrossEntropy;
    return std::array{option<&Self::alpha>("alpha", kNonNegative, "factor of cross-entropy"),
                      option<&Self::beta>("beta", kNonNegative, "factor of its reverse"),
                      option<&Self::log_zero>("log_zero", Range{-kInfinity, 0, true, true},
                                              "what counts as the logarithm of a target of 0"),
                      option<&Self::ignore_index>(kIgnoreIndex),
                      option<&Self::weight>(kClassWeight),
                      option<&Self::axis>(kAxis)};
  }

  auto row(const auto& x, const auto& target, auto& slope) const {
    if (target.has_label()) return row_of_label(x, target.label(), slope);
    const auto largest = x.max();
    const auto total = slope.fill(x, [&](auto v) { return exp(v - largest); });
    const auto log_total = log(total);
    const auto q = target.smoothed(0, weight), y = target.smoothed(0, {});
    const double all = q.total();
    const auto price = [&](auto yc) {
      return -(beta * all) * where(yc > std::exp(log_zero), log(yc), log_zero);
    };
    const auto reverse =
        x.sum(y, [&](auto v, auto yc) { return exp(v - largest) * price(yc); }) / total;
    slope.finish(y,
                 [&](auto e, auto yc) { return e / total * (alpha * all + price(yc) - reverse); });
    for (std::int64_t c = 0; c < x.size(); ++c)
      if (const double qc = q.share(c); qc != 0) slope.add(c, lowered(reverse, alpha * qc));
    return reverse + x.sum(q, [&](auto v, auto qc) {
      return where(qc == 0.0, 0.0, alpha * qc * (log_total + (largest - v)));
    });
  }

 private:
  // The constant -k as a number of the row.
  template <class N>
  static N lowered(const N&, double k) {
    return N(-k);
  }
  auto row_of_label(const auto& x, std::int64_t label, auto& slope) const {
    const double w = weight.empty() ? 1 : weight[static_cast<std::size_t>(label)];
    const double a = -beta * log_zero;
    const auto largest = x.max();
    const auto e = detail::around_label(x, label, largest, slope);
    const auto share = w * (alpha + a * (e.own / e.total)) / e.total;
    slope.finish([&](auto ec) { return ec * share; });
    slope.set(label, -(e.others * share));
    return w * (alpha * (e.log_total + (largest - x[label])) + a * (e.others / e.total));
  }
};

}  // namespace downhill
