#pragma once
#include "downhill/optim/chain.h"
#include "downhill/optim/links/adam.h"
#include "downhill/optim/links/add_decayed_weights.h"
#include "downhill/optim/links/learning_rate.h"

namespace downhill {

/// Adam with decoupled weight decay, scaled by the (scheduled) learning rate.
///
///     p = p - lr (m_hat / (sqrt(v_hat) + eps) + weight_decay p)
///
/// Source      Loshchilov and Hutter, arXiv 1711.05101, Algorithm 2 (eta_t = lr).
/// Differs     none from PyTorch's AdamW. (Optax's default decay is 1e-4, Keras's 4e-3.)
struct AdamW {
  Hyper lr = 1e-3;
  Hyper beta1 = 0.9, beta2 = 0.999;
  double eps = 1e-8;
  Hyper weight_decay = 0.01;

  static constexpr BuiltIn name = "adamw";
  static constexpr auto options() {
    return std::array{option<&AdamW::lr>(kLearningRate), option<&AdamW::beta1>(kBeta1),
                      option<&AdamW::beta2>(kBeta2), option<&AdamW::eps>(kEps),
                      option<&AdamW::weight_decay>(kDecoupledDecay)};
  }
};

inline Chain chain_of(const AdamW& o) {
  Chain links = {make_link(ScaleByAdam{o.beta1, o.beta2, o.eps})};
  if (o.weight_decay.matters()) links.push_back(make_link(AddDecayedWeights{o.weight_decay}));
  links.push_back(make_link(ScaleByLearningRate{o.lr}));
  return links;
}

}  // namespace downhill
