#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// LambdaRank: ranknet in which a pair counts by how much exchanging the two changes the normalised
/// discounted gain (NDCG) of the present order.
///
///     gain_i = 2^relevance_i - 1,    discount_i = 1 / log2(1 + rank of score_i)
///     w_ij = |gain_i - gain_j| |discount_i - discount_j| / (DCG of the best order)
///     L = sum_(i, j: relevance_i > relevance_j) w_ij log(1 + e^(score_j - score_i))
///
/// Shapes      scores (Q, L): Q queries of up to L documents; relevance of the same type and shape. A
///             document with a relevance below 0 (padding) is not there. One value per query.
/// Units       nats.
/// Gradient    with w held, as the paper has it; L jumps where two scores change places. Equal scores
///             rank in the order given.
/// Throws      UsageError if shapes or types differ.
/// Source      Burges, From RankNet to LambdaRank to LambdaMART, MSR-TR-2010-82, section 4.
/// Differs     LightGBM's and XGBoost's have further norms and cut the ranks off.
struct LambdaRank {
  static constexpr BuiltIn name = "lambda_rank";
  static constexpr std::array<const char*, 1> predictions = {"scores"};
  static constexpr std::array<const char*, 1> targets = {"relevance"};
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr auto options() { return no_options(); }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& scores, const Tensor& relevance) const;
};

}  // namespace downhill
