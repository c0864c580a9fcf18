#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/optim/link.h"

namespace downhill {

/// The L-BFGS direction: the gradient times an inverse Hessian estimated from the last `history`
/// steps s and gradient changes y (two-loop recursion), starting from s y / y y.
///
/// Memory      2 history vectors, and the last point and gradient; all in double.
/// Guards      a pair with s y <= 1e-10 is not used (no curvature to learn from).
/// Source      Nocedal, Math. Comp. 35 (1980); Liu and Nocedal (1989).
/// Differs     PyTorch scales its first step by min(1, 1 / ||g||_1); so does strong_wolfe here.
struct ScaleByLbfgs {
  std::int64_t history = 10;

  static constexpr BuiltIn name = "scale_by_lbfgs";
  static constexpr auto options() {
    return std::array{
        option<&ScaleByLbfgs::history>("history", kCount, "pairs that are remembered")};
  }
  void run(Problem& problem, NamedTensors& memory) const;
  std::vector<std::string> misfits(const NamedTensors& memory, std::int64_t elements) const;
};

}  // namespace downhill
