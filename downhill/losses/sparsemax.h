#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/class_rules.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Sparsemax loss: as cross-entropy, but the probabilities (the nearest distribution to the scores)
/// are exactly 0 for classes far below the best, and the loss is 0 where the label leads by 1.
///
///     p_c = max(x_c - tau, 0) with tau such that sum_c p_c = 1
///     L = weight[t] (1/2 sum_(c: p_c > 0) (x_c^2 - tau^2) + 1/2 - x_t)
///
/// Shapes      prediction (N, C), (N, ..., C) or (N, C, ...) scores; target int64 labels t in [0, C)
///             or `ignore_index`; one value per row. The class axis as in cross_entropy.
/// Units       none.
/// Gradient    p - onehot(t); continuous, its slope jumps where a class enters or leaves.
/// Numerics    the largest score is subtracted first: finite for all finite scores.
/// Mean        over the sum of the class weights of the rows' labels; ignored rows count 0.
/// Throws      UsageError if shapes or types do not fit (soft targets are refused), a label is
///             outside [0, C), or options are out of range.
/// Source      Martins and Astudillo, arXiv 1602.02068, equation 17.
/// Differs     none from Optax's multiclass_sparsemax_loss.
struct Sparsemax {
  std::int64_t ignore_index = -100;
  std::vector<double> weight = {};
  std::int64_t axis = 0;

  static constexpr BuiltIn name = "sparsemax";
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr bool labels_only = true;
  static constexpr auto options() {
    return std::array{option<&Sparsemax::ignore_index>(kIgnoreIndex),
                      option<&Sparsemax::weight>(kClassWeight), option<&Sparsemax::axis>(kAxis)};
  }

  /// The distribution nearest to the scores (algorithm 1 of the source).
  static void probabilities(std::span<const double> scores, std::span<double> to) {
    std::vector<double> below(scores.begin(), scores.end());  // the best score
    std::sort(below.begin(), below.end(), std::greater<>());
    const double top = below[0];
    for (double& z : below) z -= top;
    double sum = -1, tau = -1;
    for (std::size_t k = 0; k < below.size() && below[k] > tau; ++k) {
      sum += below[k];
      tau = sum / static_cast<double>(k + 1);
    }
    for (std::size_t c = 0; c < to.size(); ++c) to[c] = std::max((scores[c] - top) - tau, 0.0);
  }

  auto row(const auto& x, const auto& target, auto& slope) const {
    const std::int64_t label = target.label();
    const double w = weight.empty() ? 1 : weight[static_cast<std::size_t>(label)];
    const auto largest = x.max();
    const auto below = [&](auto v) { return v - largest; };
    // Classes above tau: each round leaves out those that are not (Michelot 1986); the best, at 0,
    // always stays, as tau is at most -1 / C.
    using Sum = decltype(x.sum(below));
    Sum tau(-2.0);
    double count = 0;
    for (double before = -1; count != before;) {
      before = count;
      const auto level = value_only(tau), none = 0.0 * level;
      const auto inside = [&](auto v) { return below(v) > level; };
      count = static_cast<double>(
          value_only(x.sum([&](auto v) { return where(inside(v), 1.0, none); })).first());
      const auto sum = x.sum([&](auto v) { return where(inside(v), below(v), 0.0); });
      if (!(count > 0)) break;
      tau = (sum - 1.0) / count;
    }
    slope.fill(x, [&](auto v) { return where(below(v) > tau, below(v) - tau, 0.0); });
    slope.finish([&](auto p) { return p * w; });
    slope.add(label, Sum(-w));
    const auto halves = x.sum([&](auto v) {
      const auto z = below(v);
      return where(z > tau, 0.5 * (z - tau) * (z + tau), 0.0);
    });
    return w * (halves + 0.5 - (x[label] - largest));
  }
};

}  // namespace downhill
