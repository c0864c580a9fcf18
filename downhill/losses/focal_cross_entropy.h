#pragma once
#include <cstdint>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Focal loss of one of C classes: cross-entropy in which rows that are already right count little.
///
///     L = sum_c q_c (1 - p_c)^gamma (-log p_c),    p = softmax(x)
///
/// with q the one-hot label or the soft target, times weight[c].
///
/// Shapes      as cross_entropy: prediction logits with a class axis; target int64 labels or soft
///             targets; one value per row.
/// Units       nats.
/// Gradient    of a label t: p_c g for c other than t, -(1 - p_t) g for t, with
///             g = (1 - p_t)^gamma + gamma (1 - p_t)^(gamma - 1) p_t (-log p_t); smooth. Stated
///             beside the value.
/// Numerics    1 - p_t is the sum of the others: rows that are sure and right keep their digits; one
///             below 1e-30 counts as that.
/// Mean        over the sum of the class weights of the rows' labels; ignored rows count 0.
/// Throws      UsageError if shapes or types do not fit, a label is outside [0, C), or options are
///             out of range.
/// Source      Lin et al., arXiv 1708.02002, equation 4, for softmax.
/// Differs     Keras's CategoricalFocalCrossentropy multiplies all by its alpha of 0.25, and
///             averages over the rows whatever the weights.
struct FocalCrossEntropy {
  double gamma = 2;
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};
  std::int64_t axis = 0;

  static constexpr BuiltIn name = "focal_cross_entropy";
  static constexpr Range target_range = kNonNegative;
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr auto options() {
    return std::array{option<&FocalCrossEntropy::gamma>(
                          "gamma", kNonNegative, "how fast the weight of what is right falls"),
                      option<&FocalCrossEntropy::ignore_index>(kIgnoreIndex),
                      option<&FocalCrossEntropy::weight>(kClassWeight),
                      option<&FocalCrossEntropy::axis>(kAxis)};
  }

  auto row(const auto& x, const auto& target, auto& slope) const {
    if (target.has_label()) return row_of_label(x, target.label(), slope);
    const auto largest = x.max();
    const auto total = slope.fill(x, [&](auto v) { return exp(v - largest); });
    const auto log_total = log(total);
    const auto q = target.smoothed(0, weight);
    const auto nats = [&](auto v) { return log_total + (largest - v); };
    const auto pull = [&](auto v) {  // -dL_c / d log p_c
      const auto p = exp(v - largest) / total;
      return grown(1.0 - p, p, nats(v));
    };
    const auto all = x.sum(q, [&](auto v, auto qc) { return where(qc == 0.0, 0.0, qc * pull(v)); });
    slope.fill(x, [](auto v) { return v; });
    slope.finish(q, [&](auto v, auto qc) {
      return exp(v - largest) / total * all - where(qc == 0.0, 0.0, qc * pull(v));
    });
    return x.sum(q, [&](auto v, auto qc) {
      const auto wrong = 1.0 - exp(v - largest) / total;
      return where(qc == 0.0, 0.0, qc * power(wrong, gamma) * nats(v));
    });
  }

  auto row_of_label(const auto& x, const auto& label, auto& slope) const {
    const auto w = detail::weight_at(weight, label);
    const auto largest = x.max();
    const auto e = detail::around_label(x, label, largest, slope);
    const auto nats = e.log_total + (largest - x[label]), wrong = e.others / e.total;
    const auto share = w * grown(wrong, e.own / e.total, nats) / e.total;
    slope.finish([&](auto ec) { return ec * share; });
    slope.set(label, -(e.others * share));
    return w * (power(wrong, gamma) * nats);
  }

 private:
  static auto power(const auto& wrong, double n) { return pow(max(wrong, 1e-30), n); }
  // (1 - p)^gamma + gamma (1 - p)^(gamma - 1) p (-log p), with (-log p) / (1 - p) = 1 at p = 1.
  auto grown(const auto& wrong, const auto& p, const auto& nats) const {
    const auto some = wrong > 1e-30;
    const auto ratio = where(some, nats / where(some, wrong, 1.0), 1.0);
    return power(wrong, gamma) * (1.0 + gamma * where(p == 0.0, 0.0, p * ratio));
  }
};

}  // namespace downhill
