#pragma once
#include "downhill/optim/chain.h"
#include "downhill/optim/links/adam.h"
#include "downhill/optim/links/add_decayed_weights.h"
#include "downhill/optim/links/learning_rate.h"
#include "downhill/optim/links/trust_ratio.h"

namespace downhill {

/// Adam whose step is scaled, tensor by tensor, to the length of the weights: for large batches.
///
///     u = m_hat / (sqrt(v_hat) + eps) + weight_decay p;   p = p - lr ||p|| / ||u|| u
///
/// Source      You et al., arXiv 1904.00962, Algorithm 2, with phi(z) = z.
/// Differs     none from Optax's lamb. PyTorch has none.
struct Lamb {
  Hyper lr = 1e-3;
  Hyper beta1 = 0.9, beta2 = 0.999;
  double eps = 1e-6;
  Hyper weight_decay = 0;

  static constexpr BuiltIn name = "lamb";
  static constexpr auto options() {
    return std::array{option<&Lamb::lr>(kLearningRate), option<&Lamb::beta1>(kBeta1),
                      option<&Lamb::beta2>(kBeta2), option<&Lamb::eps>(kEps),
                      option<&Lamb::weight_decay>(kDecoupledDecay)};
  }
};

inline Chain chain_of(const Lamb& o) {
  Chain links = {make_link(ScaleByAdam{o.beta1, o.beta2, o.eps})};
  if (o.weight_decay.matters()) links.push_back(make_link(AddDecayedWeights{o.weight_decay}));
  links.push_back(make_link(ScaleByTrustRatio{}));
  links.push_back(make_link(ScaleByLearningRate{o.lr}));
  return links;
}

}  // namespace downhill
