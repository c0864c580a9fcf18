#pragma once
#include <array>
#include <cmath>

#include "downhill/optim/detail/moments.h"
#include "downhill/optim/step.h"
#include "downhill/optim/words.h"
#include "downhill/schedules/hyper.h"

namespace downhill {

/// The gradient over its root mean square, with bias correction: Adam without the mean.
///
///     v = beta2 v + (1 - beta2) g^2
///     direction = g / (sqrt(v / (1 - beta2^t)) + eps)
///
/// State       one number per parameter, the root of v.
/// Source      Kingma and Ba, arXiv 1412.6980, with beta1 = 0; Optax's scale_by_rms with
///             bias_correction and eps_in_sqrt = False.
struct ScaleByRms {
  Hyper beta2 = 0.999;
  double eps = 1e-8;

  static constexpr BuiltIn name = "scale_by_rms";
  static constexpr std::array<const char*, 1> states = {"root_mean_square"};
  template <class N>
  struct State {
    N root;
  };
  static constexpr auto options() {
    return std::array{option<&ScaleByRms::beta2>(kBeta2), option<&ScaleByRms::eps>(kEps)};
  }

  struct Formula {
    detail::RootMeanSquare square;
    double root, eps;
    constexpr auto operator()(auto g, auto, auto& s) const {
      s.root = square(s.root, g);
      return g / (root * s.root + eps);
    }
  };
  Formula at(const Step& step) const {
    const double b2 = beta2.at(step.index);
    return {detail::RootMeanSquare(b2),
            1 / std::sqrt(1 - std::pow(b2, static_cast<double>(step.t))), eps};
  }
};

}  // namespace downhill
