#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Multi-similarity loss: a soft minimum over the similarities within a class and a soft maximum
/// over those between classes, on both sides of a base.
///
///     s_ij = cos(f_i, f_j);    P(i) the other rows with the label of row i, N(i) the rows without
///     L_i = log(1 + sum_p e^(-alpha (s_ip - base))) / alpha
///           + log(1 + sum_n e^(beta (s_in - base))) / beta
///
/// Shapes      features (N, D), labels (N) int64; one value per row.
/// Units       none: those of a cosine.
/// Gradient    smooth; 0 at features of 0, whose direction has none.
/// Numerics    sums of exponentials by their logarithm: finite for all finite features.
/// Throws      UsageError if shapes or types do not fit, or options are out of range.
/// Source      Wang et al., Multi-Similarity Loss, arXiv 1904.06627, equation 15, over all pairs.
/// Differs     the paper mines pairs first (its equations 11 to 13); here all count, as in
///             pytorch-metric-learning without a miner, whose defaults these are.
struct MultiSimilarity {
  double alpha = 2, beta = 50, base = 0.5;

  static constexpr BuiltIn name = "multi_similarity";
  static constexpr std::array<const char*, 1> predictions = {"features"};
  static constexpr std::array<const char*, 1> targets = {"labels"};
  static constexpr std::array takes = {Takes::embedding};
  static constexpr auto options() {
    return std::array{
        option<&MultiSimilarity::alpha>("alpha", kPositive,
                                        "large: the least alike within a class decides"),
        option<&MultiSimilarity::beta>("beta", kPositive,
                                       "large: the most alike of another class decides"),
        option<&MultiSimilarity::base>("base", kFinite, "similarity that parts the two sides")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& features, const Tensor& labels) const;
};

}  // namespace downhill
