#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Ordered classes by conditional steps (continuation ratios): of the rows that reached class k,
/// the log odds that they go on to a higher one.
///
///     P(t > k | t >= k) = sigmoid(x_k)
///     L = sum_(k <= t) (softplus(-x_k) if t > k, softplus(x_k) if t = k)        (k < K - 1)
///
/// which is -log of the probability of t.
///
/// Shapes      logits (N, K - 1) for K classes; labels (N) int64 in [0, K). One value per row.
///             `train` makes the K - 1 outputs, and `predict` shows the K probabilities; there numbers
///             are ordered by size and text by the alphabet, unless --class-order tells.
/// Units       nats.
/// Gradient    sigmoid(x_k) - [t > k] for k <= t, else 0; smooth.
/// Throws      UsageError if shapes or types do not fit, or a label is outside [0, K).
/// Source      Shi, Cao and Raschka, Deep Neural Networks for Rank-Consistent Ordinal Regression
///             Based On Conditional Probabilities, arXiv 2111.08851, equation 4.
/// Differs     the authors divide the sum over a batch by the number of (row, step) pairs, here the
///             mean is over the rows; the sums are the same.
struct Corn {
  static constexpr BuiltIn name = "corn";
  static constexpr std::array<const char*, 1> predictions = {"logits"};
  static constexpr std::array<const char*, 1> targets = {"labels"};
  static constexpr std::array takes = {Takes::continuation_logits};
  static constexpr auto options() { return no_options(); }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& logits, const Tensor& labels) const;
};

}  // namespace downhill
