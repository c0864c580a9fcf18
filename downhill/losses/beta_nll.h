#pragma once
#include <cmath>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/detail/log_gamma.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Negative log likelihood of a beta distribution, for shares between 0 and 1; the log odds of its
/// mean and its precision are predicted.
///
///     m = 1 / (1 + e^-x),    a = m k,    b = (1 - m) k,    k = max(precision, eps)
///     L = log Gamma(a) + log Gamma(b) - log Gamma(k) - (a - 1) log y - (b - 1) log(1 - y)
///
/// Shapes      predictions mean_log_odds (...) x and precision (...), target (...) y all equal; or
///             one prediction (..., 2) of both. One value per element of the target.
/// Units       nats. The variance is m (1 - m) / (k + 1).
/// Gradient    smooth for precision > eps. At and below eps the derivative of the clamp is taken as
///             1, as in gaussian_nll.
/// Numerics    a and b by sigmoid(x) and sigmoid(-x), log Gamma(a) from log Gamma(a + 1): no digits are
///             lost near 1, and finite for all finite x.
/// Throws      UsageError if shapes or types differ, a precision is below 0, a target is not inside
///             (0, 1), or eps <= 0.
/// Source      Ferrari and Cribari-Neto, Beta regression for modelling rates and proportions, J.
///             Appl. Stat. 31 (2004) 799-815, equation 4.
/// Differs     PyTorch has the distribution of a and b (torch.distributions.Beta), not the loss.
struct BetaNLL {
  double eps = 1e-6;

  static constexpr BuiltIn name = "beta_nll";
  static constexpr int predictions = 2;
  static constexpr Range target_range{0, 1, true, true};
  static constexpr Floor floor{"eps", 0};
  static constexpr std::array takes = {Takes::log_odds, Takes::positive};
  static constexpr std::array<const char*, 2> outputs = {"mean_log_odds", "precision"};
  static constexpr auto options() {
    return std::array{option<&BetaNLL::eps>("eps", kPositive, "the smallest precision")};
  }

  /// The mean of y.
  double expected(std::span<const double> p) const { return 1 / (1 + std::exp(-p[0])); }

  auto operator()(auto mean_log_odds, auto precision, auto target) const {
    const auto plain = value_only(precision);
    auto k = with_value(precision, where(plain <= eps, eps, plain));  // NaN stays NaN
    auto s = sigmoid(mean_log_odds), r = sigmoid(-mean_log_odds), a = s * k, b = r * k;
    // Where both are large, by what Stirling's formula leaves and the divergence of s from the target,
    // which is a square of their distance: nothing large cancels.
    using loss_detail::log_gamma_rest_of_large, loss_detail::log1p_ratio;
    const auto both = a >= 10.0 && b >= 10.0;
    const auto rest = [&both](const auto& x) {
      return log_gamma_rest_of_large(where(both, x, 10.0));
    };
    auto off = target - s;
    auto apart = off * (log1p_ratio(-off / r).first - log1p_ratio(off / s).first);
    auto narrow = rest(a) + rest(b) - rest(k) + k * apart + log(target) + log1p(-target);
    // log Gamma(a) = log Gamma(a + 1) - log a, and -log a = softplus(-x) - log k
    auto constant = loss_detail::log_gamma(a + 1.0) + loss_detail::log_gamma(b + 1.0) -
                    loss_detail::log_gamma(k + 1.0) + softplus(mean_log_odds) +
                    softplus(-mean_log_odds) - log(k);
    auto wide = constant - (a - 1.0) * log(target) - (b - 1.0) * log1p(-target);
    return where(both, narrow, wide);
  }
};

}  // namespace downhill
