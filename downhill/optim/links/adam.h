#pragma once
#include <array>
#include <cmath>

#include "downhill/optim/step.h"
#include "downhill/schedules/hyper.h"

namespace downhill {

/// Adam's direction: the mean gradient over its root mean square, both with bias correction.
///
///     m = beta1 m + (1 - beta1) g,    v = beta2 v + (1 - beta2) g^2
///     direction = (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
///
/// State       two numbers per parameter.
/// Source      Kingma and Ba, arXiv 1412.6980,
///             Algorithm 1 (not the "epsilon hat" form that Keras
///             and ensmallen use).
struct ScaleByAdam {
  Hyper beta1 = 0.9, beta2 = 0.999;
  double eps = 1e-8;

  static constexpr BuiltIn name = "scale_by_adam";
  static constexpr std::array<const char*, 2> states = {"exp_avg", "exp_avg_sq"};
  template <class N>
  struct State {
    N m, v;
  };
  static constexpr auto options() {
    return std::array{
        option<&ScaleByAdam::beta1>("beta1", kFraction, "memory of the mean gradient"),
        option<&ScaleByAdam::beta2>("beta2", kFraction, "memory of its square"),
        option<&ScaleByAdam::eps>("eps", kNonNegative, "added to the root, in gradient units")};
  }

  struct Formula {
    double b1, b2, mean, root, eps;
    constexpr auto operator()(auto g, auto, auto& s) const {
      s.m = b1 * s.m + (1 - b1) * g;
      s.v = b2 * s.v + (1 - b2) * (g * g);
      return (mean * s.m) / (root * sqrt(s.v) + eps);
    }
  };
  Formula at(const Step& step) const {
    const double b1 = beta1.at(step.index), b2 = beta2.at(step.index);
    const double t = static_cast<double>(step.t);
    return {b1, b2, 1 / (1 - std::pow(b1, t)), 1 / std::sqrt(1 - std::pow(b2, t)), eps};
  }
};

}  // namespace downhill
