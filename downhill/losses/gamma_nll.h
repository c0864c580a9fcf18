#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/detail/log_gamma.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Negative log likelihood of a gamma distribution whose mean and shape are predicted: for positive
/// quantities whose spread grows with their size (durations, costs).
///
///     k = shape
///     L = log Gamma(k) - k log k + k + k (y / mean - 1 - log(y / mean)) + log y
///
/// Shapes      predictions mean (...) and shape (...), target (...) y all equal; or one prediction
///             (..., 2) of both. One value per element of the target.
/// Units       nats. The variance is mean^2 / shape.
/// Gradient    k (1 - y / mean) / mean for the mean, digamma(k) - log k + y / mean - 1 -
///             log(y / mean) for the shape; smooth.
/// Numerics    where y is near the mean, and for large shapes, by series: nothing large cancels.
/// Throws      UsageError if shapes or types differ, or a target is not above 0. A mean or shape
///             that is not above 0 gives NaN or infinity.
/// Source      McCullagh and Nelder, Generalized Linear Models, 2nd ed. (1989), section 8.
/// Differs     PyTorch has the distribution of concentration k and rate k / mean
///             (torch.distributions.Gamma), not the loss. LightGBM's and XGBoost's gamma hold
///             k at 1 and predict the mean's logarithm.
struct GammaNLL {
  static constexpr BuiltIn name = "gamma_nll";
  static constexpr int predictions = 2;
  static constexpr Range target_range = kPositive;
  static constexpr std::array takes = {Takes::positive, Takes::positive};
  static constexpr std::array<const char*, 2> outputs = {"mean", "shape"};
  static constexpr auto options() { return no_options(); }

  auto operator()(auto mean, auto shape, auto target) const {
    auto ratio = target / mean, off = (target - mean) / mean;
    auto near = abs(off) < 0.125;
    auto deviance = where(near, -off * loss_detail::log1p_ratio(where(near, off, 0.0)).first,
                          ratio - 1.0 - log(ratio));
    return loss_detail::log_gamma_rest(shape) + shape * deviance + log(target);
  }
};

}  // namespace downhill
