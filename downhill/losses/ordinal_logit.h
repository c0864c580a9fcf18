#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Ordered classes by cumulative logits (proportional odds): the log odds that the class lies above
/// a threshold fall from each threshold to the next.
///
///     z_0 = x_0,    z_k = z_(k-1) - softplus(x_k)         log odds of t > k
///     p_t = sigmoid(z_(t-1)) - sigmoid(z_t)               (z_(-1) = inf, z_(K-1) = -inf)
///     L = -log p_t = softplus(-z_(t-1)) + softplus(z_t) + softplus(-x_t)
///
/// the terms that p_t has (the last for 0 < t < K - 1). Where x_1, x_2, ... are the same for all
/// rows, they are the gaps of the thresholds, and the model is McCullagh's; where they depend on the
/// row, its spread does too.
///
/// Shapes      logits (N, K - 1) for K classes; labels (N) int64 in [0, K). One value per row.
///             `train` makes the K - 1 outputs, and `predict` shows the K probabilities; there numbers
///             are ordered by size and text by the alphabet, unless --class-order tells.
/// Units       nats.
/// Gradient    smooth.
/// Numerics    in the form above no difference of sigmoids is taken: finite for all finite logits.
/// Throws      UsageError if shapes or types do not fit, or a label is outside [0, K).
/// Source      McCullagh, Regression models for ordinal data, J. R. Stat. Soc. B 42 (1980) 109-142,
///             section 2.
/// Differs     PyTorch has none. TF-Ranking's OrdinalLoss adds the binary losses of all thresholds
///             instead: bce_with_logits here, on targets 1, ..., 1, 0, ..., 0.
struct OrdinalLogit {
  static constexpr BuiltIn name = "ordinal_logit";
  static constexpr std::array<const char*, 1> predictions = {"logits"};
  static constexpr std::array<const char*, 1> targets = {"labels"};
  static constexpr std::array takes = {Takes::cumulative_logits};
  static constexpr auto options() { return no_options(); }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& logits, const Tensor& labels) const;
};

}  // namespace downhill
