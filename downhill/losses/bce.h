#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Binary cross-entropy of probabilities. Where the model puts out logits, bce_with_logits keeps
/// the digits that are lost here.
///
///     L = -y max(log p, -100) - (1 - y) max(log(1 - p), -100)
///
/// Shapes      prediction (...) probabilities p, target (...) y in [0, 1] equal; one value per
///             element.
/// Units       nats.
/// Gradient    (p - y) / (p (1 - p)); a logarithm that is clamped has slope 0, which happens at
///             p = 0 and p = 1 only (below 3.7e-44).
/// Throws      UsageError if shapes or types differ, or a target or a prediction is outside [0, 1].
/// Source      Good, Rational Decisions, J. R. Stat. Soc. B 14 (1952) 107-114; the clamp is
///             PyTorch's.
/// Differs     the slope of PyTorch's binary_cross_entropy at a clamp is (p - y) / 1e-12.
struct BCE {
  static constexpr BuiltIn name = "bce";
  static constexpr std::array takes = {Takes::probability};
  static constexpr Range target_range = kUnit;
  static constexpr auto options() { return no_options(); }

  constexpr auto operator()(auto prediction, auto target) const {
    // A share of 0 has no slope, also where that of the logarithm is beyond the numbers.
    using N = decltype(prediction);
    const N still = with_value(N(0.0), value_only(prediction));
    return -(target * max(log(where(target == 0.0, still, prediction)), -100.0) +
             (1 - target) * max(log1p(-where(target == 1.0, still, prediction)), -100.0));
  }
};

}  // namespace downhill
