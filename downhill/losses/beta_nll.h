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
///     m = 1 / (1 + e^-x),    a = m k,    b = (1 - m) k
///     L = log Gamma(a) + log Gamma(b) - log Gamma(k) - (a - 1) log y - (b - 1) log(1 - y)
///
/// Shapes      predictions mean_log_odds (...) x and precision (...) k, target (...) y all equal; or
///             one prediction (..., 2) of both. One value per element of the target.
/// Units       nats. The variance is m (1 - m) / (k + 1).
/// Gradient    smooth.
/// Numerics    a and b by sigmoid(x) and sigmoid(-x): neither loses digits near 1.
/// Throws      UsageError if shapes or types differ, or a target is not inside (0, 1). A precision
///             that is not above 0 gives NaN or infinity.
/// Source      Ferrari and Cribari-Neto, Beta regression for modelling rates and proportions, J.
///             Appl. Stat. 31 (2004) 799-815, equation 4.
/// Differs     PyTorch has the distribution of a and b (torch.distributions.Beta), not the loss.
struct BetaNLL {
  static constexpr BuiltIn name = "beta_nll";
  static constexpr int predictions = 2;
  static constexpr Range target_range{0, 1, true, true};
  static constexpr std::array takes = {Takes::number, Takes::positive};
  static constexpr std::array<const char*, 2> outputs = {"mean_log_odds", "precision"};
  static constexpr auto options() { return no_options(); }

  /// The mean of y.
  double expected(std::span<const double> p) const { return 1 / (1 + std::exp(-p[0])); }

  auto operator()(auto mean_log_odds, auto precision, auto target) const {
    auto a = sigmoid(mean_log_odds) * precision, b = sigmoid(-mean_log_odds) * precision;
    auto constant =
        loss_detail::log_gamma(a) + loss_detail::log_gamma(b) - loss_detail::log_gamma(precision);
    return constant - (a - 1.0) * log(target) - (b - 1.0) * log1p(-target);
  }
};

}  // namespace downhill
