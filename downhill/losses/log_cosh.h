#pragma once
#include <numbers>
#include <utility>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Logarithm of the hyperbolic cosine: quadratic near zero, linear in the tails, and smooth in
/// between.
///
///     r = prediction - target
///     L = log cosh r
///
/// Shapes      prediction (...), target (...) equal; one value per element.
/// Units       of a target whose unit is 1: where it turns linear is fixed. (pseudo_huber has an
///             option for it.)
/// Gradient    tanh r; smooth. Stated beside the value.
/// Numerics    |r| + log1p(e^-2|r|) - log 2 for |r| >= 1, else log1p(cosh r - 1): finite for all
///             finite r, and no digits are lost near 0.
/// Throws      UsageError if shapes or types differ.
/// Source      Green, Bayesian reconstructions from emission tomography data, IEEE Trans. Med.
///             Imag. 9 (1990) 84-93, table I.
/// Differs     PyTorch has none; Keras's LogCosh and Optax's log_cosh are the same.
struct LogCosh {
  static constexpr BuiltIn name = "log_cosh";
  static constexpr std::array takes = {Takes::number};
  static constexpr auto options() { return no_options(); }

  auto operator()(auto prediction, auto target) const {
    return value_and_slope(prediction, target).first;
  }
  auto value_and_slope(auto prediction, auto target) const {
    auto r = prediction - target;
    auto above = r >= 0.0;
    auto a = where(above, r, -r);  // not abs: its slope at 0 is 0
    auto near = expm1(-min(a, 1.0));
    auto e = exp(-2.0 * a), rest = expm1(-2.0 * a);
    auto value = where(a < 1.0, log1p(near * near / (2.0 * (1.0 + near))),
                       a + (log1p(e) - std::numbers::ln2));
    auto t = -rest / (1.0 + e);
    return std::pair(value, where(above, t, -t));
  }
};

}  // namespace downhill
