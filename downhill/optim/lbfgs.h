#pragma once
#include "downhill/optim/chain.h"
#include "downhill/optim/links/lbfgs.h"
#include "downhill/optim/links/strong_wolfe.h"

namespace downhill {

/// L-BFGS with a strong Wolfe search; one step is one iteration. For smooth losses on all the data;
/// it needs `step(closure)`.
///
/// Source      Liu and Nocedal, On the limited memory BFGS method, Math. Program. 45 (1989).
/// Differs     PyTorch's default takes 20 iterations per step without a search and remembers 100.
struct Lbfgs {
  double lr = 1;
  std::int64_t history = 10;
  double c1 = 1e-4, c2 = 0.9;
  std::int64_t max_trials = 25;

  static constexpr BuiltIn name = "lbfgs";
  static constexpr auto options() {
    return std::array{
        option<&Lbfgs::lr>("lr", kPositive, "first trial step of a search"),
        option<&Lbfgs::history>("history", kCount, "pairs that are remembered"),
        option<&Lbfgs::c1>("c1", Range{0, 1, true, true}, "sufficient decrease"),
        option<&Lbfgs::c2>("c2", Range{0, 1, true, true}, "curvature condition"),
        option<&Lbfgs::max_trials>("max_trials", kCount, "evaluations of one search")};
  }
};

inline Chain chain_of(const Lbfgs& o) {
  const StrongWolfe search{o.lr, o.c1, o.c2, o.max_trials};
  search.check();
  return chain(ScaleByLbfgs{o.history}, search);
}

}  // namespace downhill
