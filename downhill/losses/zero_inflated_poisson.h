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
///     q = 1 / (1 + e^-z)
///     L = -log(q + (1 - q) e^-rate)                                       if y = 0
///     L = -log(1 - q) + rate - y log(rate) + log Gamma(y + 1)             otherwise
///
/// Shapes      predictions rate (...) and zero_log_odds (...) z, target (...) y all equal; or one
///             prediction (..., 2) of both. One value per element of the target.
/// Units       nats. The mean is (1 - q) rate.
/// Gradient    smooth.
/// Numerics    log(1 - q) = -log(1 + e^z), and q + (1 - q) e^-rate by logarithms: finite for all
///             finite z and rates above 0.
/// Throws      UsageError if shapes or types differ, or a target is negative. A rate that is not
///             above 0 gives NaN or infinity.
/// Source      Lambert, Zero-inflated Poisson regression, Technometrics 34 (1992) 1-14, equation 1.
/// Differs     PyTorch has none; GluonTS's ZeroInflatedPoissonOutput predicts q itself.
struct ZeroInflatedPoisson {
  static constexpr BuiltIn name = "zero_inflated_poisson";
  static constexpr int predictions = 2;
  static constexpr Range target_range = kNonNegative;
  static constexpr std::array takes = {Takes::positive, Takes::number};
  static constexpr std::array<const char*, 2> outputs = {"rate", "zero_log_odds"};
  static constexpr auto options() { return no_options(); }

  /// The mean of y.
  double expected(std::span<const double> p) const { return p[0] / (1 + std::exp(p[1])); }

  auto operator()(auto rate, auto zero_log_odds, auto target) const {
    auto t = zero_log_odds + rate;
    // log(q + (1 - q) e^-rate) + log(1 + e^z) = log(e^z + e^-rate), the larger taken out
    auto either = where(t > 0.0, zero_log_odds + softplus(-t), softplus(t) - rate);
    const auto none = target == 0.0;
    auto counted =
        rate - target * log(where(none, 1.0, rate)) + loss_detail::log_gamma(target + 1.0);
    return softplus(zero_log_odds) + where(none, -either, counted);
  }
};

}  // namespace downhill
