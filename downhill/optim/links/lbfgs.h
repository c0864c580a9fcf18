#pragma once
#include <array>
#include <cstdint>

#include "downhill/core/options.h"
#include "downhill/optim/context.h"

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
  struct Numbers {
    double pairs = 0;  ///< that are remembered
    double next = 0;   ///< row of the next
    double seen = 0;   ///< 1 once there is a last point
  };
  static constexpr std::array<const char*, 3> numbers = {"pairs", "next", "seen"};
  StateShapes memory(std::int64_t elements) const;
  void run(std::span<Part> parts, Context& context) const;
};

}  // namespace downhill
