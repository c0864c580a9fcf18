#pragma once
#include <vector>

#include "downhill/optim/link_kernel.h"
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

  static constexpr const char* name = "newton_cg";
  static std::vector<Option<NewtonCg>> options() {
    return {{"lr", &NewtonCg::lr, kPositive, "first trial step of a search"},
            {"max_products", &NewtonCg::max_products, kCount, "Hessian products of one step"},
            {"c1", &NewtonCg::c1, {0, 1, true, true}, "sufficient decrease"},
            {"c2", &NewtonCg::c2, {0, 1, true, true}, "curvature condition"},
            {"max_trials", &NewtonCg::max_trials, kCount, "evaluations of one search"}};
  }
};

inline namespace DOWNHILL_LEVEL {
inline Chain chain_of(const NewtonCg& o) {
  return chain(ScaleByNewtonCg{o.max_products}, StrongWolfe{o.lr, o.c1, o.c2, o.max_trials, false});
}
}  // namespace DOWNHILL_LEVEL

}  // namespace downhill
