#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// CosFace: cross-entropy of cosines in which the cosine with the label's own class counts as
/// smaller by a margin.
///
///     z_j = scale c_j,    z_t = scale (c_t - margin) for the label t
///     L = logsumexp(z) - z_t
///
/// Shapes      cosines (N, C), of an nn::CosineClassifier that holds the classes' weights; labels
///             (N) int64 in [0, C). One value per row.
/// Units       nats; margin that of a cosine.
/// Gradient    scale (softmax(z) - onehot(t)); smooth.
/// Throws      UsageError if shapes or types do not fit, a label is outside [0, C), a cosine is
///             beyond 1 by more than 1e-3, or options are out of range.
/// Source      Wang et al., CosFace, arXiv 1801.09414, equation 4.
/// Differs     none from pytorch-metric-learning but that it keeps the weights in the loss.
struct CosFace {
  double margin = 0.35, scale = 64;

  static constexpr BuiltIn name = "cosface";
  static constexpr std::array<const char*, 1> predictions = {"cosines"};
  static constexpr std::array<const char*, 1> targets = {"labels"};
  static constexpr std::array takes = {Takes::class_cosines};
  static constexpr auto options() {
    return std::array{
        option<&CosFace::margin>("margin", Range{0, 2}, "what the label's cosine loses"),
        option<&CosFace::scale>("scale", kPositive, "what the cosines are multiplied by")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& cosines, const Tensor& labels) const;
};

}  // namespace downhill
