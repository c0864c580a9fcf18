#pragma once
#include "downhill/optim/chain.h"
#include "downhill/optim/links/saddle_free.h"
#include "downhill/optim/links/strong_wolfe.h"

namespace downhill {

/// Saddle-free Newton in a Krylov space of the gradient, with a strong Wolfe search: Newton's speed
/// at a minimum, and away from saddles instead of into them (not from a saddle itself, where the
/// gradient is 0: see the link escape_saddle). For smooth losses on all the data; it needs
/// `step(closure)`.
///
/// Source      Dauphin et al. 2014 (see scale_by_saddle_free).
struct SaddleFreeNewton {
  double lr = 1;
  std::int64_t krylov_steps = 20;
  double damping = 1e-4;
  double c1 = 1e-4, c2 = 0.9;
  std::int64_t max_trials = 25;

  static constexpr BuiltIn name = "saddle_free_newton";
  static constexpr auto options() {
    using S = SaddleFreeNewton;
    return std::array{
        option<&S::lr>("lr", kPositive, "first trial step of a search"),
        option<&S::krylov_steps>("krylov_steps", kCount, "Hessian products of one step"),
        option<&S::damping>("damping", Range{0, 1, true, true},
                            "curvature counts as at least so much of the largest"),
        option<&S::c1>("c1", Range{0, 1, true, true}, "sufficient decrease"),
        option<&S::c2>("c2", Range{0, 1, true, true}, "curvature condition"),
        option<&S::max_trials>("max_trials", kCount, "evaluations of one search")};
  }
};

inline Chain chain_of(const SaddleFreeNewton& o) {
  const StrongWolfe search{o.lr, o.c1, o.c2, o.max_trials};
  search.check();
  return chain(ScaleBySaddleFree{o.krylov_steps, o.damping}, search);
}

}  // namespace downhill
