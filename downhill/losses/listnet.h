#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// ListNet: the scores of a query's documents, as probabilities of standing first, against their
/// relevance.
///
///     L = sum_j q_j (logsumexp(scores) - score_j),    q = relevance, or its softmax with `softmax`
///
/// Shapes      scores (Q, L): Q queries of up to L documents; relevance of the same type and shape. A
///             document with a relevance below 0 (padding) is not there. One value per query.
/// Units       nats, times the sum of q.
/// Gradient    (sum of q) softmax(scores) - q; smooth.
/// Numerics    a query without documents, or (without `softmax`) without relevance, costs 0.
/// Throws      UsageError if shapes or types differ.
/// Source      Cao et al., Learning to rank: from pairwise approach to listwise approach, ICML 2007,
///             equation 4 (top one, with `softmax`).
/// Differs     as it is: Optax's ranking_softmax_loss and TF-Ranking's SoftmaxLoss, which leave the
///             relevance as it is, too; theirs skip queries that are all masked in the mean.
struct ListNet {
  bool softmax = false;

  static constexpr BuiltIn name = "listnet";
  static constexpr std::array<const char*, 1> predictions = {"scores"};
  static constexpr std::array<const char*, 1> targets = {"relevance"};
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr auto options() {
    return std::array{
        option<&ListNet::softmax>("softmax", "the target is softmax of the relevance")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& scores, const Tensor& relevance) const;
};

}  // namespace downhill
