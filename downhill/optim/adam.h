#pragma once
#include "downhill/optim/chain.h"
#include "downhill/optim/links/adam.h"
#include "downhill/optim/links/add_decayed_weights.h"
#include "downhill/optim/links/learning_rate.h"

namespace downhill {

/// Adam. `weight_decay` is L2 regularisation, added to the gradient; for decoupled decay use adamw.
///
///     p = p - lr m_hat / (sqrt(v_hat) + eps)        (m_hat, v_hat: scale_by_adam)
///
/// Source      Kingma and Ba, arXiv 1412.6980, Algorithm 1.
/// Differs     none from PyTorch's Adam. (Keras and ensmallen place eps
///             before the bias correction.)
struct Adam {
  Hyper lr = 1e-3;
  Hyper beta1 = 0.9, beta2 = 0.999;
  double eps = 1e-8;
  Hyper weight_decay = 0;

  static constexpr BuiltIn name = "adam";
  static constexpr auto options() {
    return std::array{option<&Adam::lr>(kLearningRate), option<&Adam::beta1>(kBeta1),
                      option<&Adam::beta2>(kBeta2), option<&Adam::eps>(kEps),
                      option<&Adam::weight_decay>(kL2)};
  }
};

inline Chain chain_of(const Adam& o) {
  Chain links;
  if (o.weight_decay.matters()) links.push_back(make_link(AddDecayedWeights{o.weight_decay}));
  links.push_back(make_link(ScaleByAdam{o.beta1, o.beta2, o.eps}));
  links.push_back(make_link(ScaleByLearningRate{o.lr}));
  return links;
}

}  // namespace downhill
