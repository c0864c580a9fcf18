#pragma once
#include <cmath>
#include <cstdint>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/per_class.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Logit-adjusted cross-entropy for classes of unequal frequency: cross-entropy of the logits
/// shifted by the logarithm of each class's share, so that what is learnt is balanced; predict with
/// the plain logits.
///
///     L = sum_c q_c (logsumexp(z) - z_c),    z_c = x_c + tau log prior_c
///
/// with q the one-hot label or the soft target, times weight[c].
///
/// Shapes      as cross_entropy: prediction logits with a class axis; target int64 labels or soft
///             targets; one value per row.
/// Units       nats.
/// Gradient    (sum_c q_c) softmax(z) - q; smooth.
/// Mean        over the sum of the class weights of the rows' labels; ignored rows count 0.
/// Throws      UsageError if shapes or types do not fit, a label is outside [0, C), `prior` has
///             neither one nor C entries, or options are out of range.
/// Source      Menon et al., Long-tail learning via logit adjustment, arXiv 2007.07314, equation 10.
/// Differs     PyTorch has none; the authors add tau log prior to the logits as here.
struct LogitAdjusted {
  double tau = 1;
  PerClass prior = 1;  ///< shares or counts of the classes; one number: all equal
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};
  std::int64_t axis = 0;

  static constexpr BuiltIn name = "logit_adjusted";
  static constexpr Range target_range = kNonNegative;
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr auto options() {
    return std::array{
        option<&LogitAdjusted::tau>("tau", kNonNegative, "how much of the adjustment is made"),
        option<&LogitAdjusted::prior>("prior", kPositive, "share or count of each class: 90;9;1"),
        option<&LogitAdjusted::ignore_index>(kIgnoreIndex),
        option<&LogitAdjusted::weight>(kClassWeight), option<&LogitAdjusted::axis>(kAxis)};
  }

  auto row(const auto& x, const auto& target, auto& slope) const {
    const auto shares = x.row_of(prior.values);
    const auto adjusted = [&](auto v, auto share) { return v + tau * log(share); };
    const auto largest = x.largest(shares, adjusted);
    const auto risen = [&](auto v, auto share) { return exp(adjusted(v, share) - largest); };
    if (target.has_label()) {
      const std::int64_t label = target.label();
      const double w = weight.empty() ? 1 : weight[static_cast<std::size_t>(label)];
      const auto own = x[label] + tau * std::log(shares.value(label));
      const auto others = slope.fill_around(label, x, shares, risen);
      const detail::AroundLabel e(others, exp(own - largest));
      const auto share = w / e.total;
      slope.finish([&](auto ec) { return ec * share; });
      slope.set(label, -(e.others * share));
      return w * (e.log_total + (largest - own));
    }
    const auto total = slope.fill(x, shares, risen);
    const auto log_total = log(total);
    const auto q = target.smoothed(0, weight);
    const auto part = q.total() / total;
    slope.finish(q, [&](auto e, auto qc) { return e * part - qc; });
    double shift = 0;  // of what the targets expect: a constant of the row
    for (std::int64_t c = 0; c < x.size(); ++c)
      if (const double qc = q.share(c); qc != 0) shift += qc * tau * std::log(shares.value(c));
    return x.sum(q, [&](auto v, auto qc) {
      return where(qc == 0.0, 0.0, qc * (log_total + (largest - v)));
    }) - shift;
  }
};

}  // namespace downhill
