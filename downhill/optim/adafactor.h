#pragma once
#include "downhill/optim/chain.h"
#include "downhill/optim/links/adafactor.h"

namespace downhill {

/// Adam with a second moment of one number per row and column, and steps relative to the weights:
/// almost no memory beside them. See scale_by_adafactor.
///
/// Source      Shazeer and Stern, arXiv 1804.04235.
/// Differs     none from PyTorch's Adafactor.
struct Adafactor {
  Hyper lr = 0.01;
  double decay = -0.8, eps2 = 1e-3, clip = 1;
  Hyper weight_decay = 0;

  static constexpr BuiltIn name = "adafactor";
  static constexpr auto options() {
    return std::array{
        option<&Adafactor::lr>("lr", kNonNegative, "largest relative step"),
        option<&Adafactor::decay>("decay", Range{-kInfinity, 0, true}, "power of the step"),
        option<&Adafactor::eps2>("eps2", kNonNegative, "least size of the weights"),
        option<&Adafactor::clip>("clip", kPositive, "largest root mean square of a direction"),
        option<&Adafactor::weight_decay>(kDecoupledDecay)};
  }
};

inline Chain chain_of(const Adafactor& o) {
  return chain(ScaleByAdafactor{o.lr, o.decay, o.eps2, o.clip, o.weight_decay});
}

}  // namespace downhill
