#pragma once
#include <numbers>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Negative log likelihood of a Laplace distribution whose location and scale are both predicted:
/// mae that says how sure it is.
///
///     b = max(scale, eps)
///     L = log(2 b) + |location - target| / b
///
/// Shapes      predictions location (...) and scale (...), target (...) all equal; or one
///             prediction (..., 2) of both. One value per element of the target.
/// Units       nats; scale and eps in the target's.
/// Gradient    sign(r) / b for the location (0 at r = 0), 1 / b - |r| / b^2 for the scale. At and
///             below eps the derivative of the clamp is taken as 1, as in gaussian_nll.
/// Throws      UsageError if shapes or types differ, a scale is below 0, or eps <= 0.
/// Source      Kotz et al., The Laplace Distribution and Generalizations (2001), equation 2.1.1.
/// Differs     PyTorch has the distribution (torch.distributions.Laplace), not the loss.
struct LaplaceNLL {
  double eps = 1e-6;

  static constexpr BuiltIn name = "laplace_nll";
  static constexpr int predictions = 2;
  static constexpr Floor floor{"eps", 1};
  static constexpr std::array takes = {Takes::number, Takes::positive};
  static constexpr std::array<const char*, 2> outputs = {"location", "scale"};
  static constexpr auto options() {
    return std::array{option<&LaplaceNLL::eps>("eps", kPositive, "the smallest scale")};
  }

  constexpr auto operator()(auto location, auto scale, auto target) const {
    const auto plain = value_only(scale);
    auto b = with_value(scale, where(plain <= eps, eps, plain));  // NaN stays NaN
    return log(b) + std::numbers::ln2 + abs(location - target) / b;
  }
};

}  // namespace downhill
