#pragma once
#include "downhill/optim/chain.h"
#include "downhill/optim/links/newton_cg.h"
#include "downhill/optim/links/strong_wolfe.h"

namespace downhill {

/// Newton's method with conjugate gradients on exact Hessian-vector products and a strong Wolfe
/// search. For smooth losses on all the data; it needs `step(closure)`.
///
/// Source      Nocedal and Wright, Numerical Optimization, algorithm 7.1.
struct NewtonCg {
  double lr = 1;
  std::int64_t max_products = 50;
  double c1 = 1e-4, c2 = 0.9;
  std::int64_t max_trials = 25;

  static constexpr BuiltIn name = "newton_cg";
  static constexpr auto options() {
    return std::array{
        option<&NewtonCg::lr>("lr", kPositive, "first trial step of a search"),
        option<&NewtonCg::max_products>("max_products", kCount, "Hessian products of one step"),
        option<&NewtonCg::c1>("c1", Range{0, 1, true, true}, "sufficient decrease"),
        option<&NewtonCg::c2>("c2", Range{0, 1, true, true}, "curvature condition"),
        option<&NewtonCg::max_trials>("max_trials", kCount, "evaluations of one search")};
  }
};

inline Chain chain_of(const NewtonCg& o) {
  const StrongWolfe search{o.lr, o.c1, o.c2, o.max_trials};
  search.check();
  return chain(ScaleByNewtonCg{o.max_products}, search);
}

}  // namespace downhill
