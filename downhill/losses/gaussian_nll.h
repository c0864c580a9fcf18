#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Negative log likelihood of a normal distribution whose mean and variance are both predicted.
///
///     v = max(variance, eps)
///     L = (log v + (mean - target)^2 / v) / 2     (+ log(2 pi) / 2 if full)
///
/// Shapes      predictions mean (...) and variance (...), target (...) all equal; or one prediction
///             (..., 2) of both. One value per element of the target.
/// Units       nats.
/// Gradient    smooth for variance > eps. At and below eps the clamped value v is used and the
///             derivative of the clamp is taken as 1, so that a variance that fell too low
///             can rise.
/// Throws      UsageError if shapes or types differ, a variance is below 0, or eps <= 0.
/// Source      Nix and Weigend, Estimating the mean and variance of the target probability
///             distribution, ICNN 1994.
/// Differs     none from PyTorch's gaussian_nll_loss, whose clamp passes the gradient too; a
///             negative variance is refused by both.
struct GaussianNLL {
  double eps = 1e-6;
  bool full = false;

  static constexpr BuiltIn name = "gaussian_nll";
  static constexpr int predictions = 2;
  static constexpr std::array takes = {Takes::number, Takes::positive};
  static constexpr std::array<const char*, 2> outputs = {"mean", "variance"};
  static constexpr Floor floor{"eps", 2};
  static constexpr auto options() {
    return std::array{
        option<&GaussianNLL::eps>("eps", kPositive, "the smallest variance"),
        option<&GaussianNLL::full>("full", kFinite, "with the constant log(2 pi) / 2")};
  }

  constexpr auto operator()(auto mean, auto variance, auto target) const {
    const auto plain = value_only(variance);
    auto v = with_value(variance, where(plain <= eps, eps, plain));  // NaN stays NaN
    auto r = mean - target;
    return 0.5 * (log(v) + r * (r / v)) + (full ? 0.5 * log_two_pi : 0.0);
  }

 private:
  static constexpr double log_two_pi = 1.8378770664093454836;
};

}  // namespace downhill
