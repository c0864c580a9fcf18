#pragma once
#include <string>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/losses/detail/quantile_levels.h"
#include "downhill/losses/per_class.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// The continuous ranked probability score of a distribution that is given by quantiles: twice the
/// pinball loss of each level, whose mean over the levels is the score's integral over them.
///
///     CRPS = 2 integral_0^1 pinball_q(prediction_q, target) dq,    r = target - prediction
///     L = 2 q r if r > 0,    2 (q - 1) r otherwise
///
/// Shapes      prediction (..., levels), target (..., levels) equal, one column for each level, the
///             target's being equal; one value per column. The levels should lie evenly in (0, 1):
///             k / (K + 1), as the default, or (k - 1/2) / K.
/// Units       the target's; with one point for all levels the mean is mae.
/// Gradient    -2 q below the target, 2 (1 - q) above; at the kink the middle of both, 1 - 2 q.
/// Throws      UsageError if shapes or types differ, a level is outside (0, 1), or the last axis has
///             not one entry for each level.
/// Source      Gneiting and Ranjan, Comparing density forecasts using threshold- and
///             quantile-weighted scoring rules, J. Bus. Econ. Stat. 29 (2011) 411-422, equation 3.
/// Differs     quantile of the same levels is half of it. GluonTS's quantile loss has the factor 2
///             too, and divides by the sum of the targets when it is reported. That quantiles do not
///             cross is not asked.
struct CRPSQuantiles {
  PerClass quantiles = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};

  static constexpr BuiltIn name = "crps_quantiles";
  static constexpr std::array takes = {Takes::number};
  static constexpr bool by_column = true;
  std::vector<std::string> outputs() const { return detail::quantile_names(quantiles.values); }
  double expected(std::span<const double> p) const {
    return detail::central_quantile(quantiles.values, p);
  }
  static constexpr auto options() {
    return std::array{option<&CRPSQuantiles::quantiles>("quantiles", Range{0, 1, true, true},
                                                        "levels, spread evenly: 0.25;0.5;0.75")};
  }

  auto operator()(auto prediction, auto target, auto column) const {
    const auto q = column(quantiles);
    auto r = target - prediction;
    return 2.0 * where(r > 0.0, q * r, where(r < 0.0, (q - 1.0) * r, (q - 0.5) * r));
  }
};

}  // namespace downhill
