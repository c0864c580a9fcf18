#pragma once
#include "downhill/optim/chain.h"
#include "downhill/optim/links/add_decayed_weights.h"
#include "downhill/optim/links/learning_rate.h"
#include "downhill/optim/links/momentum.h"

namespace downhill {

/// Stochastic gradient descent, with momentum, Nesterov's form and L2 regularisation.
///
///     g = g + weight_decay p;   b = momentum b + (1 - dampening) g;   p = p - lr b
///
/// Source      Robbins and Monro (1951); Polyak (1964).
/// Differs     none from PyTorch's SGD. (Keras bakes lr into the buffer.)
struct SGD {
  Hyper lr = 1e-3;
  Hyper momentum = 0;
  double dampening = 0;
  bool nesterov = false;
  Hyper weight_decay = 0;

  static constexpr BuiltIn name = "sgd";
  static constexpr auto options() {
    return std::array{option<&SGD::lr>(kLearningRate), option<&SGD::momentum>(kMomentum),
                      option<&SGD::dampening>(kDampening), option<&SGD::nesterov>(kNesterov),
                      option<&SGD::weight_decay>(kL2)};
  }
};

inline Chain chain_of(const SGD& o) {
  if (o.nesterov && (!o.momentum.matters() || o.dampening != 0))
    throw_usage("sgd", "nesterov needs momentum > 0 and dampening = 0");
  Chain links;
  if (o.weight_decay.matters()) links.push_back(make_link(AddDecayedWeights{o.weight_decay}));
  if (o.momentum.matters())
    links.push_back(make_link(ScaleByMomentum{o.momentum, o.dampening, o.nesterov}));
  links.push_back(make_link(ScaleByLearningRate{o.lr}));
  return links;
}

}  // namespace downhill
