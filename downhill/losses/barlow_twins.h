#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Barlow Twins: over a batch, each feature of one view should be correlated with itself in the
/// other, and with no other feature.
///
///     u = (first - mean) / sqrt(var + eps), of each feature over the rows;  v likewise of second
///     C = u^T v / N
///     L = sum_i (1 - C_ii)^2 + lambda sum_(i != j) C_ij^2
///
/// Shapes      first, second (N, D) equal, row i of both belonging together; no target. One value
///             for the batch: rows have no weights.
/// Units       none.
/// Gradient    smooth.
/// Throws      UsageError if shapes or types differ, or options are out of range.
/// Source      Zbontar et al., Barlow Twins, arXiv 2103.03230, equations 1 and 2; var is the biased
///             one and eps = 1e-5, as in the batch normalisation of the authors' code.
/// Differs     dlib has lambda = 0.0051; MONAI divides by the unbiased deviation.
struct BarlowTwins {
  double lambda = 0.005, eps = 1e-5;

  static constexpr BuiltIn name = "barlow_twins";
  static constexpr std::array<const char*, 2> predictions = {"first", "second"};
  static constexpr std::array takes = {Takes::embedding, Takes::embedding};
  static constexpr auto options() {
    return std::array{option<&BarlowTwins::lambda>("lambda", kNonNegative,
                                                   "what correlations of different features cost"),
                      option<&BarlowTwins::eps>("eps", kPositive, "added to the variances")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& first, const Tensor& second) const;
};

}  // namespace downhill
