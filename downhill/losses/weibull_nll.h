#pragma once
#include <cmath>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Negative log likelihood of a Weibull distribution, for times until something happens; scale and
/// shape are predicted.
///
///     t = k log(y / scale),    k = shape
///     L = e^t - t - log k + log y
///
/// Shapes      predictions scale (...) and shape (...), target (...) y all equal; or one prediction
///             (..., 2) of both. One value per element of the target.
/// Units       nats; scale in the target's. k < 1: the risk falls with time, k > 1: it grows.
/// Gradient    k (1 - e^t) / scale for the scale, (e^t - 1) log(y / scale) - 1 / k for the shape;
///             smooth.
/// Throws      UsageError if shapes or types differ, or a target is not above 0. A scale or shape
///             that is not above 0 gives NaN or infinity.
/// Source      Weibull, A statistical distribution function of wide applicability, J. Appl. Mech. 18
///             (1951) 293-297.
/// Differs     PyTorch has the distribution (torch.distributions.Weibull), not the loss.
struct WeibullNLL {
  static constexpr BuiltIn name = "weibull_nll";
  static constexpr int predictions = 2;
  static constexpr Range target_range = kPositive;
  static constexpr std::array takes = {Takes::positive, Takes::positive};
  static constexpr std::array<const char*, 2> outputs = {"scale", "shape"};
  static constexpr auto options() { return no_options(); }

  /// The mean of y.
  double expected(std::span<const double> p) const { return p[0] * std::tgamma(1 + 1 / p[1]); }

  constexpr auto operator()(auto scale, auto shape, auto target) const {
    auto t = shape * log(target / scale);
    return exp(t) - t - log(shape) + log(target);
  }
};

}  // namespace downhill
