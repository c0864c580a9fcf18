#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/detail/quantile_levels.h"
#include "downhill/losses/per_class.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// The pinball loss: its minimum is a quantile, the number that a share `quantile` of the targets
/// lies below.
///
///     r = target - prediction
///     L = quantile r          if r > 0
///     L = (quantile - 1) r    otherwise
///
/// Shapes      prediction (...), target (...) equal; one value per element. Several quantiles: the
///             last axis of both holds one column for each, the target's being equal.
/// Units       the target's.
/// Gradient    -quantile below the target, 1 - quantile above; at the kink the middle of both,
///             1/2 - quantile.
/// Throws      UsageError if shapes or types differ, a quantile is outside (0, 1), or the last axis
///             has not one entry for each of several.
/// Source      Koenker and Bassett, Regression Quantiles, Econometrica 46 (1978) 33-50, equation
///             1.4.
/// Differs     PyTorch has none; scikit-learn's mean_pinball_loss is the same.
struct Quantile {
  PerClass quantile = 0.5;  ///< one, or several

  static constexpr BuiltIn name = "quantile";
  static constexpr std::array takes = {Takes::number};
  static constexpr bool by_column = true;
  std::vector<std::string> outputs() const { return detail::quantile_names(quantile.values); }
  double expected(std::span<const double> p) const {
    return detail::central_quantile(quantile.values, p);
  }
  static constexpr auto options() {
    return std::array{
        option<&Quantile::quantile>("quantile", Range{0, 1, true, true},
                                    "the share of targets below the prediction; several: 0.1;0.9")};
  }

  auto operator()(auto prediction, auto target, auto column) const {
    const auto q = column(quantile);
    auto r = target - prediction;
    return where(r > 0.0, q * r, where(r < 0.0, (q - 1.0) * r, (q - 0.5) * r));
  }
};

}  // namespace downhill
