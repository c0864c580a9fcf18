#pragma once
#include <array>
#include <cstdint>

#include "downhill/core/options.h"
#include "downhill/optim/context.h"

namespace downhill {

/// The L-BFGS direction: the gradient times an inverse Hessian estimated from the last `history`
/// steps s and gradient changes y (two-loop recursion), starting from s y / y y.
///
/// Memory      2 (history + 1) vectors, and the last two points and gradients; all in double. No step
///             allocates. What a step writes is in use once its numbers are kept: a closure that throws
///             leaves the memory as it was.
///
/// Guards      a pair with s y <= 2^-52 |s| |y| is not used (no curvature to learn from). After a
///             step along the gradient itself, as a search takes when this direction led nowhere, all
///             earlier pairs are forgotten.
/// Source      Nocedal, Math. Comp. 35 (1980); Liu and Nocedal (1989).
/// Differs     PyTorch keeps pairs with s y > 1e-10, whatever the unit of the loss.
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
    double last = 0;   ///< row of the last point and gradient
  };
  static constexpr std::array<const char*, 4> numbers = {"pairs", "next", "seen", "last"};
  StateShapes memory(std::int64_t elements) const;
  void run(std::span<Part> parts, Context& context) const;
};

}  // namespace downhill
