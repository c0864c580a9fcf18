#pragma once
#include "downhill/optim/adam.h"
#include "downhill/optim/links/slow_weights.h"
#include "downhill/optim/method.h"

namespace downhill {

/// Another optimizer, whose weights go back every k steps to slow ones that follow them a share
/// alpha of the way.
///
///     lookahead:of=(sgd:lr=0.1,momentum=0.9),k=6
///
/// Source      Zhang et al., arXiv 1907.08610, Algorithm 1; evaluation takes the slow weights.
/// Differs     none from Optax's lookahead without reset_state.
struct Lookahead {
  Method of = Adam{};
  std::int64_t k = 5;
  double alpha = 0.5;

  static constexpr BuiltIn name = "lookahead";
  static constexpr auto options() {
    return std::array{option<&Lookahead::of>("of", "the optimizer, in parentheses"),
                      option<&Lookahead::k>("k", kCount, "its steps from one meeting to the next"),
                      option<&Lookahead::alpha>("alpha", kUnit, "share of the way")};
  }
};

inline Chain chain_of(const Lookahead& o, const Shape& shape) {
  Chain links = o.of.chain(shape);
  links.push_back(make_link(SlowWeights{o.k, o.alpha}));
  return links;
}

}  // namespace downhill
