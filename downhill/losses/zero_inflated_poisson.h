#pragma once
#include <cmath>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/detail/log_gamma.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Negative log likelihood of counts of which a share is 0 for a reason of its own and the others
/// are Poisson's; the rate and the log odds of that share are predicted.
///
///     q = 1 / (1 + e^-z),    m = max(rate, eps)
///     L = -log(q + (1 - q) e^-m)                                 if y = 0
///     L = -log(1 - q) + m - y log(m) + log Gamma(y + 1)          otherwise
///
/// Shapes      predictions rate (...) and zero_log_odds (...) z, target (...) y all equal; or one
///             prediction (..., 2) of both. One value per element of the target.
/// Units       nats. The mean is (1 - q) rate.
/// Gradient    smooth for rate > eps. At and below eps the derivative of the clamp is taken as 1, as
///             in gaussian_nll.
/// Numerics    log(1 - q) = -log(1 + e^z), and q + (1 - q) e^-m by logarithms: finite for all
///             finite z and rates.
/// Throws      UsageError if shapes or types differ, a rate is below 0, a target is negative, or
///             eps <= 0.
/// Source      Lambert, Zero-inflated Poisson regression, Technometrics 34 (1992) 1-14, equation 1.
/// Differs     PyTorch has none; GluonTS's ZeroInflatedPoissonOutput predicts q itself.
struct ZeroInflatedPoisson {
  double eps = 1e-6;

  static constexpr BuiltIn name = "zero_inflated_poisson";
  static constexpr int predictions = 2;
  static constexpr Range target_range = kNonNegative;
  static constexpr Floor floor{"eps", 0};
  static constexpr std::array takes = {Takes::positive, Takes::log_odds};
  static constexpr std::array<const char*, 2> outputs = {"rate", "zero_log_odds"};
  static constexpr auto options() {
    return std::array{option<&ZeroInflatedPoisson::eps>("eps", kPositive, "the smallest rate")};
  }

  /// The mean of y.
  double expected(std::span<const double> p) const { return p[0] / (1 + std::exp(p[1])); }

  auto operator()(auto rate, auto zero_log_odds, auto target) const {
    const auto plain = value_only(rate);
    auto m = with_value(rate, where(plain <= eps, eps, plain));  // NaN stays NaN
    auto t = zero_log_odds + m;
    // log(q + (1 - q) e^-m) + log(1 + e^z) = log(e^z + e^-m), the larger taken out
    auto either = where(t > 0.0, zero_log_odds + softplus(-t), softplus(t) - m);
    const auto none = target == 0.0;
    auto counted = m - target * log(where(none, 1.0, m)) + loss_detail::log_gamma(target + 1.0);
    return softplus(zero_log_odds) + where(none, -either, counted);
  }
};

}  // namespace downhill
