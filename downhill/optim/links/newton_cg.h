#pragma once
#include <cstdint>

#include "downhill/core/options.h"
#include "downhill/optim/context.h"

namespace downhill {

/// The truncated Newton direction: H d = g solved by conjugate gradients on Hessian-vector
/// products, to a residual of min(0.5, sqrt(||g||)) ||g|| (superlinear convergence). At negative
/// curvature it stops: with what it has, or with the gradient if that is the first product.
///
/// Source      Nocedal and Wright, Numerical Optimization, algorithm 7.1 (line search Newton-CG).
struct ScaleByNewtonCg {
  std::int64_t max_products = 50;

  static constexpr BuiltIn name = "scale_by_newton_cg";
  static constexpr bool needs_closure = true;
  static constexpr auto options() {
    return std::array{option<&ScaleByNewtonCg::max_products>("max_products", kCount,
                                                             "Hessian products of one step")};
  }
  void run(std::span<Part> parts, Context& context) const;
};

}  // namespace downhill
