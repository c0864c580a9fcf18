#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Circle loss: similarities within a class rise above 1 - margin and those between classes fall
/// below margin, each pulled the harder, the farther it is from there.
///
///     s_ij = cos(f_i, f_j);    P(i) the other rows with the label of row i, N(i) the rows without
///     a_p = max(0, 1 + margin - s_ip),    a_n = max(0, s_in + margin)         (held constant)
///     L_i = softplus(log sum_n e^(gamma a_n (s_in - margin))
///                    + log sum_p e^(-gamma a_p (s_ip - (1 - margin))))
///
/// Shapes      features (N, D), labels (N) int64; one value per row.
/// Units       none.
/// Gradient    that of L with a_p and a_n held, as the authors have it: not that of the value as a
///             whole. A row without a P or without an N costs 0. 0 at features of 0.
/// Numerics    sums of exponentials by their logarithm: finite for all finite features.
/// Throws      UsageError if shapes or types do not fit, or options are out of range.
/// Source      Sun et al., Circle Loss, arXiv 2002.10857, equations 4 to 6.
/// Differs     Keras's Circle works on 1 - cos, differentiates its weights too, does not cut them at
///             0, and has the mean over the rows whose loss is above 0. pytorch-metric-learning has
///             the same value and gradient; its mean leaves rows without pairs out.
struct Circle {
  double margin = 0.4, gamma = 80;

  static constexpr BuiltIn name = "circle";
  static constexpr std::array<const char*, 1> predictions = {"features"};
  static constexpr std::array<const char*, 1> targets = {"labels"};
  static constexpr std::array takes = {Takes::embedding};
  static constexpr auto options() {
    return std::array{
        option<&Circle::margin>("margin", Range{-1, 1, true, true},
                                "how far from 1 and from 0 the similarities may stay"),
        option<&Circle::gamma>("gamma", kPositive, "large: the hardest pairs decide")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& features, const Tensor& labels) const;
};

}  // namespace downhill
