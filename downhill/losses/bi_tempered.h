#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Bi-tempered logistic loss: bounded, so that a wrong label far from the others pulls little (t1
/// below 1), and with heavy tails, so that labels that are wrong near the boundary do (t2 above 1).
///
///     log_t(u) = (u^(1-t) - 1) / (1 - t),    exp_t its inverse
///     p_c = exp_t2(x_c - lambda),    lambda such that sum p_c = 1
///     L = w sum_c (y_c (log_t1 y_c - log_t1 p_c) - (y_c^(2-t1) - p_c^(2-t1)) / (2 - t1))
///
/// w is the class weight of the target. t1 = t2 = 1 is cross_entropy (of soft targets: less their
/// entropy).
///
/// Shapes      prediction (N, C), (N, ..., C) or (N, C, ...) logits; target int64 labels in [0, C)
///             or `ignore_index`, or shares y of the prediction's shape. One value per row. The class
///             axis as in cross_entropy.
/// Units       none; for labels in [0, 1 / (1 - t1)].
/// Gradient    w (d_c p_c^(t2-t1) - s_c sum_k d_k p_k^(t2-t1)), d = p - y, s_c = p_c^t2 / sum
///             p_k^t2; smooth.
/// Numerics    lambda by Newton's method on (sum p_c)^(1-t2), which is concave: from the largest
///             logit it rises to the root without passing it. Finite for all finite logits.
/// Mean        over the sum of the class weights of the rows' targets; ignored rows count 0.
/// Throws      UsageError if shapes or types do not fit, a label is outside [0, C), t1 is outside
///             [0, 1], or t2 outside
///             [1, 5]: beyond, lambda of many classes, of about C^(t2 - 1), leaves float32's numbers.
/// Source      Amid et al., Robust Bi-Tempered Logistic Loss Based on Bregman Divergences, arXiv
///             1906.03361, equations 4, 5 and 8.
/// Differs     the authors' code makes 5 steps of a fixed point towards lambda; here to rounding.
struct BiTempered {
  double t1 = 0.8, t2 = 1.2;
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};
  std::int64_t axis = 0;

  static constexpr BuiltIn name = "bi_tempered";
  static constexpr Range target_range = kNonNegative;
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr auto options() {
    return std::array{
        option<&BiTempered::t1>("t1", kUnit, "below 1: the loss is bounded"),
        option<&BiTempered::t2>("t2", Range{1, 5}, "above 1: the probabilities have heavy tails"),
        option<&BiTempered::ignore_index>(kIgnoreIndex), option<&BiTempered::weight>(kClassWeight),
        option<&BiTempered::axis>(kAxis)};
  }

  /// exp_t2(x - lambda).
  void probabilities(std::span<const double> scores, std::span<double> to) const {
    const double top = *std::max_element(scores.begin(), scores.end());
    const double above = found_above(static_cast<std::int64_t>(scores.size()), top, [&](auto c) {
                           return scores[static_cast<std::size_t>(c)];
                         }).first;
    for (std::size_t c = 0; c < to.size(); ++c)
      to[c] = std::exp(log_exp_t2_of(scores[c] - top - above));
  }

  auto row(const auto& x, const auto& target, auto& slope) const {
    const auto lambda = normaliser(x);
    const auto log_p = [&](auto v) { return log_exp_t2((v - lambda.top) - lambda.above); };
    if (target.has_label()) return row_of_label(x, target.label(), log_p, slope);
    const double w = weight.empty() ? 1 : target.average(weight);
    const auto y = target.smoothed(0, {});
    slope.fill(x, log_p);
    const auto bends = slope.sum([&](auto l) { return exp(t2 * l); });
    const auto pull = [&](auto l, auto yc) { return (exp(l) - yc) * power(l, t2 - t1); };
    const auto share = slope.sum(y, pull) / bends;
    slope.finish(y, [&](auto l, auto yc) { return w * (pull(l, yc) - exp(t2 * l) * share); });
    return w * x.sum(y, [&](auto v, auto yc) {
      const auto l = log_p(v);
      const auto log_y = log(yc);
      return where(yc == 0.0, 0.0, yc * (log_t1(log_y) - log_t1(l)) - raised(log_y)) + raised(l);
    });
  }

 private:
  // Functions of the logarithm of a probability.
  auto power(auto l, double exponent) const { return exp(exponent * max(l, -1e30)); }
  auto log_t1(auto l) const { return t1 == 1 ? 1.0 * l : expm1((1 - t1) * l) / (1 - t1); }
  auto raised(auto l) const { return exp((2 - t1) * l) / (2 - t1); }
  auto log_exp_t2(auto below) const {
    return t2 == 1 ? 1.0 * below : log1p((1 - t2) * below) / (1 - t2);
  }

  // Sums that leave out the label's place: a row that is sure and right keeps its digits.
  auto row_of_label(const auto& x, std::int64_t label, auto log_p, auto& slope) const {
    const double w = weight.empty() ? 1 : weight[static_cast<std::size_t>(label)];
    const auto own = log_p(x[label]);
    const auto others = [&](auto f) {
      return slope.fill_around(label, x, [&](auto v) { return f(log_p(v)); });
    };
    const auto others_raised = others([&](auto l) { return raised(l); });
    const auto others_bend = others([&](auto l) { return exp(t2 * l); });
    const auto others_pull = others([&](auto l) { return exp(l) * power(l, t2 - t1); });
    const auto own_bend = exp(t2 * own), bends = others_bend + own_bend;
    const auto own_pull = expm1(own) * power(own, t2 - t1);
    const auto share = (others_pull + own_pull) / bends;
    slope.fill(x, log_p);
    slope.finish([&](auto l) { return w * (exp(l) * power(l, t2 - t1) - exp(t2 * l) * share); });
    slope.set(label, w * (own_pull * (others_bend / bends) - (own_bend / bends) * others_pull));
    return w * (others_raised + expm1((2 - t1) * own) / (2 - t1) - log_t1(own));
  }

  // lambda, as the largest logit and what it lies above that.
  template <class N>
  struct Normaliser {
    double top;
    N above;
  };
  // Its value in doubles, its derivative from that of the sum of the probabilities.
  auto normaliser(const auto& x) const {
    const double top = value_only(x.max()).first();
    const auto [above, bends] = found_above(x.size(), top, [&](auto c) { return x.value(c); });
    const auto sum = x.sum([&](auto v) { return exp(log_exp_t2((v - top) - above)); });
    const auto moved = (sum - value_only(sum)) / bends + above;
    return Normaliser<std::decay_t<decltype(moved)>>{top, moved};
  }
  /// What lambda lies above the largest score, and the sum of p^t2 there.
  std::pair<double, double> found_above(std::int64_t classes, double top, auto score) const {
    double above = 0, bends = 0;
    for (int step = 0; step < kMostSteps; ++step) {
      double excess = 0;  // of the sum over 1
      bool first = true;
      bends = 0;
      for (std::int64_t c = 0; c < classes; ++c) {
        const double l = log_exp_t2_of(score(c) - top - above);
        const bool largest = first && score(c) == top;
        excess += largest ? std::expm1(l) : std::exp(l);
        bends += std::exp(t2 * l);
        first = first && !largest;
      }
      const double log_sum = std::log1p(excess);
      const double rise = t2 == 1 ? log_sum : -std::expm1((1 - t2) * log_sum) / (t2 - 1);
      const double moved = above + rise * std::exp(t2 * log_sum) / bends;
      if (!(moved > above)) break;
      above = moved;
    }
    return std::pair(above, bends);
  }
  double log_exp_t2_of(double below) const {
    return t2 == 1 ? below : std::log1p((1 - t2) * below) / (1 - t2);
  }
  static constexpr int kMostSteps = 100;
};

}  // namespace downhill
