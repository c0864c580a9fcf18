#pragma once
#include <vector>

#include "downhill/optim/link_kernel.h"
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

  static constexpr const char* name = "lbfgs";
  static std::vector<Option<Lbfgs>> options() {
    return {{"lr", &Lbfgs::lr, kPositive, "first trial step of a search"},
            {"history", &Lbfgs::history, kCount, "pairs that are remembered"},
            {"c1", &Lbfgs::c1, {0, 1, true, true}, "sufficient decrease"},
            {"c2", &Lbfgs::c2, {0, 1, true, true}, "curvature condition"},
            {"max_trials", &Lbfgs::max_trials, kCount, "evaluations of one search"}};
  }
};

inline namespace DOWNHILL_LEVEL {
inline Chain chain_of(const Lbfgs& o) {
  return chain(ScaleByLbfgs{o.history}, StrongWolfe{o.lr, o.c1, o.c2, o.max_trials, true});
}
}  // namespace DOWNHILL_LEVEL

}  // namespace downhill
