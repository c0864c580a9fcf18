#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Tweedie loss for quantities that are often exactly 0 and positive otherwise (rain, insurance
/// claims): the part of the negative log likelihood that depends on the mean m, whose power is the
/// variance.
///
///     L = -y m^(1 - power) / (1 - power) + m^(2 - power) / (2 - power)
///
/// Shapes      prediction (...), target (...) y equal; one value per element. The prediction is
///             log m if log_input, else m.
/// Units       the target's, to 2 - power.
/// Gradient    (m - y) m^-power by m, (m - y) m^(1 - power) by log m; smooth for m > 0.
/// Throws      UsageError if shapes or types differ, a target is negative, or power is outside
///             (1, 2). (mse is power 0, poisson_nll 1, gamma_nll with shape 1 power 2.)
/// Source      Jorgensen, Exponential dispersion models, J. R. Stat. Soc. B 49 (1987) 127-162.
/// Differs     PyTorch has none; LightGBM's, XGBoost's and CatBoost's tweedie are the same, of log m.
///             scikit-learn's deviance is twice this plus a term of y alone.
struct Tweedie {
  double power = 1.5;
  bool log_input = true;

  static constexpr BuiltIn name = "tweedie";
  static constexpr Range target_range = kNonNegative;
  constexpr std::array<Takes, 1> takes() const {
    return {log_input ? Takes::log_rate : Takes::positive};
  }
  static constexpr auto options() {
    return std::array{
        option<&Tweedie::power>("power", Range{1, 2, true, true}, "the variance is m^power"),
        option<&Tweedie::log_input>("log_input", "the prediction is the mean's logarithm")};
  }

  auto operator()(auto prediction, auto target) const {
    // Of a target of 0 the second term is 0, though its power may be infinite.
    if (log_input)
      return exp((2 - power) * prediction) / (2 - power) +
             where(target == 0.0, 0.0, target * exp((1 - power) * prediction) / (power - 1));
    return pow(prediction, 2 - power) / (2 - power) +
           where(target == 0.0, 0.0, target * pow(prediction, 1 - power) / (power - 1));
  }
};

}  // namespace downhill
