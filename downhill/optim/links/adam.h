#pragma once
#include <array>
#include <cmath>

#include "downhill/optim/detail/moments.h"
#include "downhill/optim/step.h"
#include "downhill/optim/words.h"
#include "downhill/schedules/hyper.h"

namespace downhill {

/// Adam's direction: the mean gradient over its root mean square, both with bias correction.
///
///     m = beta1 m + (1 - beta1) g,    v = beta2 v + (1 - beta2) g^2
///     direction = (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
///
/// State       two numbers per parameter: m and the root of v, so that no square overflows.
/// Source      Kingma and Ba, arXiv 1412.6980, Algorithm 1 (not the "epsilon hat" form that Keras
///             and ensmallen use).
/// Differs     PyTorch keeps v itself: in float32 its step is 0 from gradients of 2e19 on.
struct ScaleByAdam {
  Hyper beta1 = 0.9, beta2 = 0.999;
  double eps = 1e-8;

  static constexpr BuiltIn name = "scale_by_adam";
  static constexpr std::array<const char*, 2> states = {"mean", "root_mean_square"};
  template <class N>
  struct State {
    N mean, root;
  };
  static constexpr auto options() {
    return std::array{option<&ScaleByAdam::beta1>(kBeta1), option<&ScaleByAdam::beta2>(kBeta2),
                      option<&ScaleByAdam::eps>(kEps)};
  }

  struct Formula {
    detail::RootMeanSquare square;
    double keep, mean, root, eps;
    constexpr auto operator()(auto g, auto, auto& s) const {
      s.mean = keep * s.mean + (1 - keep) * g;
      s.root = square(s.root, g);
      return (mean * s.mean) / (root * s.root + eps);
    }
  };
  Formula at(const Step& step) const {
    const double b1 = beta1.at(step.index), b2 = beta2.at(step.index);
    const double t = static_cast<double>(step.t);
    return {detail::RootMeanSquare(b2), b1, 1 / (1 - std::pow(b1, t)),
            1 / std::sqrt(1 - std::pow(b2, t)), eps};
  }
};

}  // namespace downhill
