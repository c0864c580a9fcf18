#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/detail/log_gamma.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Negative log likelihood of a negative binomial distribution, for counts that spread more than
/// poisson_nll's; mean and dispersion are predicted.
///
///     a = dispersion
///     L = log Gamma(y + 1) + log Gamma(1 / a) - log Gamma(y + 1 / a)
///         - y log(a mean) + (y + 1 / a) log(1 + a mean)
///
/// Shapes      predictions mean (...) and dispersion (...), target (...) y all equal; or one
///             prediction (..., 2) of both. One value per element of the target.
/// Units       nats. The variance is mean + a mean^2; as a falls to 0 the distribution becomes
///             Poisson's.
/// Gradient    (mean - y) / (mean (1 + a mean)) for the mean; smooth.
/// Numerics    for a <= 0.1 the difference of the two log Gamma by Stirling's series, term by term,
///             and log(1 + a mean) / a by its series: nothing large cancels, down to a = 0.
/// Throws      UsageError if shapes or types differ, or a target is negative. A mean or dispersion
///             that is not above 0 gives NaN or infinity.
/// Source      Lawless, Negative binomial and mixed Poisson regression, Can. J. Stat. 15 (1987)
///             209-225, equation 2.1.
/// Differs     PyTorch has the distribution of total_count 1 / a (torch.distributions
///             .NegativeBinomial), not the loss. GluonTS's alpha is a.
struct NegativeBinomialNLL {
  static constexpr BuiltIn name = "negative_binomial_nll";
  static constexpr int predictions = 2;
  static constexpr Range target_range = kNonNegative;
  static constexpr std::array takes = {Takes::positive, Takes::positive};
  static constexpr std::array<const char*, 2> outputs = {"mean", "dispersion"};
  static constexpr auto options() { return no_options(); }

  auto operator()(auto mean, auto dispersion, auto target) const {
    const auto small = dispersion <= 0.1;
    auto by_series = loss_detail::log_rising(where(small, dispersion, 0.1), target);
    auto r = 1.0 / where(small, 0.1, dispersion);
    auto direct = loss_detail::log_gamma(r + target) - loss_detail::log_gamma(r) - target * log(r);
    auto grown = log1p(dispersion * mean);
    return loss_detail::log_gamma(target + 1.0) - where(small, by_series, direct) -
           where(target == 0.0, 0.0, target * log(mean)) +
           (target * grown + mean * loss_detail::log1p_ratio(dispersion * mean).second);
  }
};

}  // namespace downhill
