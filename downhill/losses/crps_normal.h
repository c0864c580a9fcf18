#pragma once
#include <numbers>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Continuous ranked probability score of a normal distribution whose mean and deviation are
/// predicted: proper as the likelihood is, but outliers pull with bounded force.
///
///     s = max(scale, eps),    z = (target - mean) / s
///     L = s (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi))
///
/// Shapes      predictions mean (...) and scale (...), target (...) all equal; or one prediction
///             (..., 2) of both. One value per element of the target.
/// Units       those of the target; scale is a standard deviation.
/// Gradient    1 - 2 Phi(z) for the mean, 2 phi(z) - 1 / sqrt(pi) for the scale; smooth for
///             scale > eps. At and below eps the derivative of the clamp is taken as 1, as in
///             gaussian_nll.
/// Throws      UsageError if shapes or types differ, a scale is below 0, or eps <= 0.
/// Source      Gneiting et al., Calibrated probabilistic forecasting using ensemble model output
///             statistics and minimum CRPS estimation, Mon. Weather Rev. 133 (2005) 1098-1118,
///             equation 5.
/// Differs     PyTorch has none; properscoring's crps_gaussian is the same.
struct CRPSNormal {
  double eps = 1e-6;

  static constexpr BuiltIn name = "crps_normal";
  static constexpr int predictions = 2;
  static constexpr Floor floor{"eps", 1};
  static constexpr std::array takes = {Takes::number, Takes::positive};
  static constexpr std::array<const char*, 2> outputs = {"mean", "scale"};
  static constexpr auto options() {
    return std::array{option<&CRPSNormal::eps>("eps", kPositive, "the smallest scale")};
  }

  auto operator()(auto mean, auto scale, auto target) const {
    const auto plain = value_only(scale);
    auto s = with_value(scale, where(plain <= eps, eps, plain));  // NaN stays NaN
    auto r = target - mean, z = r / s;
    auto bell = exp(-0.5 * z * z);
    return r * erf(z * (0.5 * std::numbers::sqrt2)) +
           s * std::numbers::inv_sqrtpi * (std::numbers::sqrt2 * bell - 1.0);
  }
};

}  // namespace downhill
