#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// ArcFace: cross-entropy of cosines in which the angle to the label's own class counts as larger
/// by a margin.
///
///     c_j = cos of the angle theta_j between a row and class j
///     z_j = scale c_j,    z_t = scale cos(theta_t + margin) for the label t
///     L = logsumexp(z) - z_t
///
/// Where theta_t + margin is above pi, z_t = scale (c_t - margin sin(margin)), which keeps falling.
///
/// Shapes      cosines (N, C), of an nn::CosineClassifier that holds the classes' weights; labels
///             (N) int64 in [0, C). One value per row.
/// Units       nats; margin in radians.
/// Gradient    smooth for |c_t| < 1 but at theta_t + margin = pi, where the value jumps as in the
///             authors' code; at |c_t| = 1 the sine's slope, which is infinite, counts as 0.
/// Numerics    a cosine beyond 1 by rounding counts as 1.
/// Throws      UsageError if shapes or types do not fit, a label is outside [0, C), a cosine is
///             beyond 1 by more than 1e-3, or options are out of range.
/// Source      Deng et al., ArcFace, arXiv 1801.07698, equation 3.
/// Differs     pytorch-metric-learning takes the margin in degrees (28.6), keeps the weights in the
///             loss, and lets the cosine rise again beyond pi.
struct ArcFace {
  double margin = 0.5, scale = 64;

  static constexpr BuiltIn name = "arcface";
  static constexpr std::array<const char*, 1> predictions = {"cosines"};
  static constexpr std::array<const char*, 1> targets = {"labels"};
  static constexpr std::array takes = {Takes::class_cosines};
  static constexpr auto options() {
    return std::array{
        option<&ArcFace::margin>("margin", Range{0, 1.5707963267948966}, "added angle, in radians"),
        option<&ArcFace::scale>("scale", kPositive, "what the cosines are multiplied by")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& cosines, const Tensor& labels) const;
};

}  // namespace downhill
