#pragma once
#include <cmath>

#include "downhill/core/options.h"
#include "downhill/losses/detail/log_gamma.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Negative log likelihood of Student's t distribution whose location and scale are predicted: a
/// normal distribution with heavy tails, in which outliers pull little.
///
///     s = max(scale, eps),    z = (location - target) / s
///     L = log s + (df + 1) / 2 log(1 + z^2 / df) + log B(df / 2, 1 / 2) + log(df) / 2
///
/// Shapes      predictions location (...) and scale (...), target (...) all equal; or one
///             prediction (..., 2) of both. One value per element of the target.
/// Units       nats; scale (not a variance) and eps in the target's.
/// Gradient    smooth for scale > eps. At and below eps the derivative of the clamp is taken as 1,
///             as in gaussian_nll.
/// Numerics    where |z| > 1e8 sqrt(df) the 1 is left out, so that no square overflows.
/// Throws      UsageError if shapes or types differ, a scale is below 0, or df <= 0 or eps <= 0.
/// Source      Lange, Little and Taylor, Robust statistical modeling using the t distribution, JASA
///             84 (1989) 881-896; df = 4 is theirs, too.
/// Differs     PyTorch has the distribution (torch.distributions.StudentT), not the loss. GluonTS
///             predicts df as well.
struct StudentTNLL {
  double df = 4, eps = 1e-6;

  static constexpr BuiltIn name = "student_t_nll";
  static constexpr int predictions = 2;
  static constexpr Floor floor{"eps", 1};
  static constexpr std::array takes = {Takes::number, Takes::positive};
  static constexpr std::array<const char*, 2> outputs = {"location", "scale"};
  static constexpr auto options() {
    return std::array{
        option<&StudentTNLL::df>("df", kPositive, "degrees of freedom: 1 is Cauchy, inf normal"),
        option<&StudentTNLL::eps>("eps", kPositive, "the smallest scale")};
  }

  auto operator()(auto location, auto scale, auto target) const {
    using Plain = decltype(value_only(target));
    const auto plain = value_only(scale);
    auto s = with_value(scale, where(plain <= eps, eps, plain));  // NaN stays NaN
    auto z = (location - target) / (s * std::sqrt(df));
    auto tail = where(abs(z) > 1e8, 2.0 * log(abs(z)), log1p(z * z));
    return log(s) + (0.5 * (df + 1)) * tail + constant(Plain(0.5 * df));
  }

 private:
  // log B(h, 1/2) + log(2 h) / 2 with h = df / 2.
  static auto constant(const auto& h) {
    constexpr double log_root_pi = 0.57236494292470008707, half_log_two = 0.34657359027997265471;
    const auto far = h >= 10.0;
    const auto large = where(far, h, 10.0), small = where(far, 10.0, h);
    const auto rising = loss_detail::log_rising(1.0 / large, 0.5 + 0.0 * h);
    return log_root_pi + half_log_two +
           where(far, -rising,
                 loss_detail::log_gamma(small) - loss_detail::log_gamma(small + 0.5) +
                     0.5 * log(small));
  }
};

}  // namespace downhill
