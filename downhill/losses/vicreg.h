#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// VICReg: two views of a row should agree (invariance), each feature should vary over the batch
/// (variance), and features should not repeat each other (covariance).
///
///     s = mean of (first - second)^2
///     v(z) = 1/D sum_d max(0, 1 - sqrt(var z_d + eps)),    c(z) = 1/D sum_(i != j) cov(z)_ij^2
///     L = invariance s + variance (v(first) + v(second)) / 2 + covariance (c(first) + c(second))
///
/// Shapes      first, second (N, D) equal, row i of both belonging together; no target. One value
///             for the batch: rows have no weights.
/// Units       features are meant to have a deviation of 1.
/// Gradient    0 at the kink, where a deviation is 1.
/// Numerics    var and cov divide by N - 1; of a batch of one row both are 0.
/// Throws      UsageError if shapes or types differ, or options are out of range.
/// Source      Bardes, Ponce and LeCun, VICReg, arXiv 2105.04906, equations 1 to 6, with the mean
///             over entries in s and the half of v as in the authors' code.
/// Differs     the paper's equation 5 has s as a sum over the features, and v not halved.
struct VICReg {
  double invariance = 25, variance = 25, covariance = 1, eps = 1e-4;

  static constexpr BuiltIn name = "vicreg";
  static constexpr std::array<const char*, 2> predictions = {"first", "second"};
  static constexpr std::array takes = {Takes::embedding, Takes::embedding};
  static constexpr auto options() {
    return std::array{
        option<&VICReg::invariance>("invariance", kNonNegative, "price of views that differ"),
        option<&VICReg::variance>("variance", kNonNegative, "price of deviations below 1"),
        option<&VICReg::covariance>("covariance", kNonNegative, "price of repeated features"),
        option<&VICReg::eps>("eps", kPositive, "added to the variances")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& first, const Tensor& second) const;
};

}  // namespace downhill
