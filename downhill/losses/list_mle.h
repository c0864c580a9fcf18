#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// ListMLE: the probability of the order by relevance, if documents are drawn one after the other
/// with probabilities softmax(scores) of those that are left (Plackett-Luce).
///
///     L = sum_k (log sum_(j >= k) e^score_j - score_k)        k, j by falling relevance
///
/// Shapes      scores (Q, L): Q queries of up to L documents; relevance of the same type and shape. A
///             document with a relevance below 0 (padding) is not there. One value per query.
/// Units       nats.
/// Gradient    smooth. Documents of equal relevance stand in the order given.
/// Throws      UsageError if shapes or types differ.
/// Source      Xia et al., Listwise approach to learning to rank: theory and algorithm, ICML 2008,
///             equation 12.
/// Differs     TF-Ranking's ListMLELoss shuffles documents of equal relevance.
struct ListMLE {
  static constexpr BuiltIn name = "list_mle";
  static constexpr std::array<const char*, 1> predictions = {"scores"};
  static constexpr std::array<const char*, 1> targets = {"relevance"};
  static constexpr std::array takes = {Takes::class_logits};
  static constexpr auto options() { return no_options(); }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& scores, const Tensor& relevance) const;
};

}  // namespace downhill
