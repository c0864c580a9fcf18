#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// RankNet: of each pair of a query's documents, the more relevant should have the higher score.
///
///     L = sum_(i, j: relevance_i > relevance_j) log(1 + e^(score_j - score_i))
///
/// Shapes      scores (Q, L): Q queries of up to L documents; relevance of the same type and shape. A
///             document with a relevance below 0 (padding) is not there. One value per query.
/// Units       nats.
/// Gradient    smooth.
/// Throws      UsageError if shapes or types differ.
/// Source      Burges et al., Learning to rank using gradient descent, ICML 2005, equation 3.
/// Differs     XGBoost's rank:pairwise and CatBoost's PairLogit sum over pairs likewise, but sample
///             them; TF-Ranking's PairwiseLogisticLoss has the mean over the pairs.
struct RankNet {
  static constexpr BuiltIn name = "ranknet";
  static constexpr std::array<const char*, 1> predictions = {"scores"};
  static constexpr std::array<const char*, 1> targets = {"relevance"};
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr auto options() { return no_options(); }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& scores, const Tensor& relevance) const;
};

}  // namespace downhill
