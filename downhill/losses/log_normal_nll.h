#pragma once
#include <algorithm>
#include <cmath>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Negative log likelihood of a log-normal distribution: the target's logarithm is normal, with
/// location and scale predicted.
///
///     s = max(scale, eps),    z = (log y - location) / s
///     L = log y + log s + log(2 pi) / 2 + z^2 / 2
///
/// Shapes      predictions location (...) and scale (...), target (...) y all equal; or one
///             prediction (..., 2) of both. One value per element of the target.
/// Units       nats; location and scale those of log y. The median of y is e^location.
/// Gradient    smooth for scale > eps. At and below eps the derivative of the clamp is taken as 1,
///             as in gaussian_nll.
/// Throws      UsageError if shapes or types differ, a scale is below 0, a target is not above 0,
///             or eps <= 0.
/// Source      Aitchison and Brown, The Lognormal Distribution (1957), equation 2.1.
/// Differs     PyTorch has the distribution (torch.distributions.LogNormal), not the loss.
struct LogNormalNLL {
  double eps = 1e-6;

  static constexpr BuiltIn name = "log_normal_nll";
  static constexpr int predictions = 2;
  static constexpr Range target_range = kPositive;
  static constexpr Floor floor{"eps", 0};
  static constexpr std::array takes = {Takes::logarithm, Takes::positive};
  static constexpr std::array<const char*, 2> outputs = {"location", "scale"};
  static constexpr auto options() {
    return std::array{option<&LogNormalNLL::eps>("eps", kPositive, "the smallest scale")};
  }

  /// The mean of y.
  double expected(std::span<const double> p) const {
    return std::exp(p[0] + 0.5 * std::max(p[1], eps) * std::max(p[1], eps));
  }

  constexpr auto operator()(auto location, auto scale, auto target) const {
    const auto plain = value_only(scale);
    auto s = with_value(scale, where(plain <= eps, eps, plain));  // NaN stays NaN
    auto y = log(target);
    auto z = (y - location) / s;
    return y + (log(s) + (half_log_two_pi + 0.5 * z * z));
  }

 private:
  static constexpr double half_log_two_pi = 0.91893853320467274178;
};

}  // namespace downhill
