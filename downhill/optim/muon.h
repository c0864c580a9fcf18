#pragma once
#include "downhill/optim/chain.h"
#include "downhill/optim/links/adam.h"
#include "downhill/optim/links/add_decayed_weights.h"
#include "downhill/optim/links/learning_rate.h"
#include "downhill/optim/links/muon.h"

namespace downhill {

/// Momentum made orthogonal for matrices; AdamW for what is none. One rate serves both: matrices
/// move as far as AdamW would move them (scale = adamw), or by sqrt(max(1, rows / columns)) (tall).
///
///     p = p - lr (scale O(u) + weight_decay p)        (O: scale_by_muon)
///
/// Source      Jordan et al. (2024); Liu et al., arXiv 2502.16982.
/// Differs     PyTorch's Muon takes matrices only; its default scale is tall. Embeddings and output
///             layers, which Jordan gives to Adam, are matrices here: make a group of them.
struct Muon {
  Hyper lr = 1e-3;
  Hyper momentum = 0.95;
  bool nesterov = true;
  std::int64_t iterations = 5;
  MuonScale scale = MuonScale::adamw;
  Hyper weight_decay = 0.1;
  Hyper beta1 = 0.9, beta2 = 0.999;
  double eps = 1e-8;

  static constexpr BuiltIn name = "muon";
  static constexpr auto options() {
    return std::array{option<&Muon::lr>(kLearningRate),
                      option<&Muon::momentum>(kMomentum),
                      option<&Muon::nesterov>(kNesterov),
                      option<&Muon::iterations>("iterations", kCount, "of Newton and Schulz"),
                      option<&Muon::scale>("scale", "length of a matrix's direction"),
                      option<&Muon::weight_decay>(kDecoupledDecay),
                      option<&Muon::beta1>("beta1", kFraction, "of Adam, for what is no matrix"),
                      option<&Muon::beta2>("beta2", kFraction, "of Adam"),
                      option<&Muon::eps>("eps", kNonNegative, "of Adam")};
  }
};

inline Chain chain_of(const Muon& o, const Shape& shape) {
  Chain links = {shape.rank() == 2
                     ? make_link(ScaleByMuon{o.momentum, o.nesterov, o.iterations, o.scale})
                     : make_link(ScaleByAdam{o.beta1, o.beta2, o.eps})};
  if (o.weight_decay.matters()) links.push_back(make_link(AddDecayedWeights{o.weight_decay}));
  links.push_back(make_link(ScaleByLearningRate{o.lr}));
  return links;
}

}  // namespace downhill
