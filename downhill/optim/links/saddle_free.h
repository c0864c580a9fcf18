#pragma once
#include <array>
#include <cstdint>

#include "downhill/core/options.h"
#include "downhill/optim/context.h"

namespace downhill {

/// The saddle-free Newton direction |H|^-1 g on the Krylov space g, Hg, H^2 g, ...: Newton's step where
/// the curvature is positive, and its mirror image where it is negative, so that saddles repel instead
/// of attracting. |H| has the eigenvectors of H and the magnitudes of its eigenvalues, none below
/// `damping` times the largest. `krylov_steps` Hessian products a step, as many kept vectors.
///
/// Source      Dauphin, Pascanu, Gulcehre, Cho, Ganguli, Bengio, Identifying and attacking the saddle
///             point problem in high-dimensional non-convex optimization, 2014, algorithm 1.
/// Differs     there the space is of the Hessian's largest eigenvectors' and a damping is searched.
struct ScaleBySaddleFree {
  std::int64_t krylov_steps = 20;
  double damping = 1e-4;

  static constexpr BuiltIn name = "scale_by_saddle_free";
  static constexpr bool needs_closure = true;
  static constexpr auto options() {
    return std::array{
        option<&ScaleBySaddleFree::krylov_steps>("krylov_steps", kCount,
                                                 "Hessian products of one step"),
        option<&ScaleBySaddleFree::damping>("damping", Range{0, 1, true, true},
                                            "curvature counts as at least so much of the largest")};
  }
  void run(std::span<Part> parts, Context& context) const;
};

/// Leaves a saddle where the gradient says nothing: once the gradient's norm is at most
/// `gradient_norm`, the direction of the most negative curvature that Lanczos finds, of length
/// `distance`, with the sign that leads down, takes the place of the step; where there is no negative
/// curvature, and everywhere else, the step is that of the links before. The last link of a chain.
///
/// Source      Second-order stationarity: Jin, Ge, Netrapalli, Kakade, Jordan, How to escape saddle
///             points efficiently, 2017; the direction instead of their random perturbation.
struct EscapeSaddle {
  double gradient_norm = 1e-3, distance = 0.1;
  std::int64_t lanczos_steps = 20;
  double curvature = 1e-3;

  static constexpr BuiltIn name = "escape_saddle";
  static constexpr bool needs_closure = true, of_step = true;
  static constexpr auto options() {
    return std::array{
        option<&EscapeSaddle::gradient_norm>(
            "gradient_norm", kNonNegative, "curvature is asked where the gradient is at most this"),
        option<&EscapeSaddle::distance>("distance", kPositive, "of one step along it"),
        option<&EscapeSaddle::lanczos_steps>("lanczos_steps", kCount, "Hessian products"),
        option<&EscapeSaddle::curvature>("curvature", Range{0, 1},
                                         "negative is below minus this part of the largest")};
  }
  void run(std::span<Part> parts, Context& context) const;
};

}  // namespace downhill
