#pragma once
#include <utility>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Linear-exponential loss: exponential on one side of the target, about linear on the other, for
/// errors that are far dearer in one direction.
///
///     r = prediction - target
///     L = e^(a r) - a r - 1
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       none; a in those of 1 / target.
/// Gradient    a (e^(a r) - 1); smooth. Stated beside the value.
/// Numerics    e^x - 1 as expm1; the value overflows where it truly does (a r > 709.8).
/// Throws      UsageError if shapes or types differ. With a = 0 the loss is 0 everywhere.
/// Source      Varian, A Bayesian approach to real estate assessment (1975); Zellner, Bayesian
///             estimation and prediction using asymmetric loss functions, JASA 81 (1986) 446-451,
///             equation 2.1.
/// Differs     PyTorch has none.
struct Linex {
  double a = 1;

  static constexpr BuiltIn name = "linex";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() {
    return std::array{option<&Linex::a>(
        "a", kFinite, "above 0 predictions above the target cost most, below 0 those below it")};
  }

  auto operator()(auto prediction, auto target) const {
    return value_and_slope(prediction, target).first;
  }
  auto value_and_slope(auto prediction, auto target) const {
    auto z = a * (prediction - target);
    auto risen = expm1(z);
    return std::pair(risen - z, a * risen);
  }
};

}  // namespace downhill
