#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/per_class.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Label-distribution-aware margin loss: cross-entropy in which the label's score must lead by a
/// margin that is the larger, the rarer the class.
///
///     m_t = max_margin (n_least / n_t)^(1/4)
///     L = weight[t] (logsumexp(z) - z_t),    z = scale (x - m_t onehot(t))
///
/// Shapes      prediction (N, C), (N, ..., C) or (N, C, ...) scores; target int64 labels t in [0, C)
///             or `ignore_index`; one value per row. The class axis as in cross_entropy.
/// Units       nats; max_margin in those of the scores, which the paper has as cosines.
/// Gradient    weight[t] scale (softmax(z) - onehot(t)); smooth.
/// Numerics    the largest of z is subtracted first: finite for all finite scores.
/// Mean        over the sum of the class weights of the rows' labels; ignored rows count 0.
/// Throws      UsageError if shapes or types do not fit (soft targets are refused), a label is
///             outside [0, C), `counts` has neither one nor C entries, or options are out of range.
/// Source      Cao et al., arXiv 1906.07413, equations 12 and 13; scale = 30 and max_margin = 0.5 as
///             in the authors' code.
/// Differs     pytorch_optimizer's LDAMLoss is the same with max_margin = 0.5 and scale = 30.
struct LDAM {
  PerClass counts = 1;  ///< rows of each class; one number: all equal
  double max_margin = 0.5, scale = 30;
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};
  std::int64_t axis = 0;

  static constexpr BuiltIn name = "ldam";
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr bool labels_only = true;
  static constexpr auto options() {
    return std::array{
        option<&LDAM::counts>("counts", kPositive, "how many rows each class has: 90;9;1"),
        option<&LDAM::max_margin>("max_margin", kNonNegative, "margin of the rarest class"),
        option<&LDAM::scale>("scale", kPositive, "what the scores are multiplied by"),
        option<&LDAM::ignore_index>(kIgnoreIndex),
        option<&LDAM::weight>(kClassWeight),
        option<&LDAM::axis>(kAxis)};
  }

  /// softmax(scale x): no margin is known without a label.
  void probabilities(std::span<const double> scores, std::span<double> to) const {
    const double top = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (std::size_t c = 0; c < to.size(); ++c) sum += to[c] = std::exp(scale * (scores[c] - top));
    for (double& p : to) p /= sum;
  }

  auto row(const auto& x, const auto& target, auto& slope) const {
    const std::int64_t label = target.label();
    const double w = weight.empty() ? 1 : weight[static_cast<std::size_t>(label)];
    const auto own = x[label] - margin_of(label);
    double top = value_only(own).first();
    for (std::int64_t c = 0; c < x.size(); ++c)
      if (c != label && !(x.value(c) <= top)) top = x.value(c);
    const auto others = slope.fill_around(label, x, [&](auto v) { return exp(scale * (v - top)); });
    const detail::AroundLabel e(others, exp(scale * (own - top)));
    const auto share = w * scale / e.total;
    slope.finish([&](auto ec) { return ec * share; });
    slope.set(label, -(e.others * share));
    return w * (e.log_total + scale * (top - own));
  }

 private:
  double margin_of(std::int64_t label) const {
    const auto& n = counts.values;
    const double own = n[n.size() == 1 ? 0 : static_cast<std::size_t>(label)];
    return max_margin * std::pow(*std::min_element(n.begin(), n.end()) / own, 0.25);
  }
};

}  // namespace downhill
