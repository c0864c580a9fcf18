#pragma once
#include <array>
#include <cstdint>

#include "downhill/core/options.h"
#include "downhill/optim/context.h"

namespace downhill {

/// The truncated Newton direction: H d = g solved by conjugate gradients on Hessian-vector
/// products, to a residual of min(0.5, sqrt(||g|| / ||g_0||)) ||g||, g_0 the first gradient
/// (superlinear convergence). Where the curvature q'Hq of a direction is not positive it stops with
/// what it has; if that is the first one, the gradient, with g (g'g / |g'Hg|), and with g itself
/// where that has no curvature at all.
///
/// Source      Nocedal and Wright, Numerical Optimization, algorithm 7.1 (line search Newton-CG).
/// Differs     there the residual is min(0.5, sqrt(||g||)) ||g||, which depends on the unit of the
///             loss, and the direction of negative curvature is g.
struct ScaleByNewtonCg {
  std::int64_t max_products = 50;

  static constexpr BuiltIn name = "scale_by_newton_cg";
  static constexpr bool needs_closure = true;
  static constexpr auto options() {
    return std::array{option<&ScaleByNewtonCg::max_products>("max_products", kCount,
                                                             "Hessian products of one step")};
  }
  struct Numbers {
    double first = 0;  ///< the first gradient's norm
  };
  static constexpr std::array<const char*, 1> numbers = {"first"};
  void run(std::span<Part> parts, Context& context) const;
};

}  // namespace downhill
