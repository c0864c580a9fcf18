#pragma once
#include <cstdint>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Poly-1 cross-entropy: cross-entropy with another coefficient on the first term of its expansion
/// in 1 - p, which decides how much confident rows still pull.
///
///     L = sum_c q_c (-log p_c) + epsilon sum_c q_c (1 - p_c),    p = softmax(x)
///
/// with q the one-hot label or the soft target, times weight[c].
///
/// Shapes      as cross_entropy: prediction logits with a class axis; target int64 labels or soft
///             targets; one value per row.
/// Units       nats.
/// Gradient    of a label t: p_c (1 + epsilon p_t) for c other than t, -(1 - p_t)(1 + epsilon p_t)
///             for t; smooth. For epsilon < -1 the loss can fall below 0 and rows that are nearly
///             right are pushed away.
/// Mean        over the sum of the class weights of the rows' labels; ignored rows count 0.
/// Throws      UsageError if shapes or types do not fit, a label is outside [0, C), or options are
///             out of range.
/// Source      Leng et al., PolyLoss, arXiv 2204.12511, equation 4.
/// Differs     Optax's poly_loss_cross_entropy has epsilon = 2.
struct Poly1 {
  double epsilon = 1;
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};
  std::int64_t axis = 0;

  static constexpr BuiltIn name = "poly1";
  static constexpr Range target_range = kNonNegative;
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr auto options() {
    return std::array{option<&Poly1::epsilon>("epsilon", kFinite,
                                              "added to the coefficient of 1 - p, which is 1"),
                      option<&Poly1::ignore_index>(kIgnoreIndex),
                      option<&Poly1::weight>(kClassWeight), option<&Poly1::axis>(kAxis)};
  }

  auto row(const auto& x, const auto& target, auto& slope) const {
    if (target.has_label()) return row_of_label(x, target.label(), slope);
    const auto largest = x.max();
    const auto total = slope.fill(x, [&](auto v) { return exp(v - largest); });
    const auto q = target.smoothed(0, weight);
    const double all = q.total();
    const auto right = x.sum(q, [&](auto v, auto qc) { return qc * exp(v - largest); }) / total;
    const auto log_total = log(total);
    slope.finish(q, [&](auto e, auto qc) {
      const auto p = e / total;
      return p * (all + epsilon * (right - qc)) - qc;
    });
    const auto nats = x.sum(q, [&](auto v, auto qc) {
      return where(qc == 0.0, 0.0, qc * (log_total + (largest - v)));
    });
    return nats + epsilon * (all - right);
  }

  auto row_of_label(const auto& x, const auto& label, auto& slope) const {
    const auto w = detail::weight_at(weight, label);
    const auto largest = x.max();
    const auto e = detail::around_label(x, label, largest, slope);
    const auto share = w * (1 + epsilon * (e.own / e.total)) / e.total;
    slope.finish([&](auto ec) { return ec * share; });
    slope.set(label, -(e.others * share));
    return w * (e.log_total + (largest - x[label]) + epsilon * (e.others / e.total));
  }
};

}  // namespace downhill
