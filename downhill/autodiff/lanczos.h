#pragma once
#include <cstdint>
#include <vector>

#include "downhill/autodiff/flat.h"

namespace downhill {

struct LanczosOptions {
  int steps = 40;  ///< at most; one product each (never more than the dimension)
  /// Stop early when both ends have residual <= tolerance max(|lambda|, 0.001 largest |lambda|);
  /// 0: never.
  double tolerance = 0;
  int least_steps = 16;  ///< before an early stop: at first Ritz values seem closer than they are
  /// Where an invariant subspace is used up, go on with a new random orthogonal vector; else stop.
  bool restart = true;
  std::uint64_t seed = 0;          ///< of the random vectors
  std::vector<double> start = {};  ///< the first vector; empty: random
};

/// An approximate eigenpair (Ritz pair).
struct RitzPair {
  double value = 0;
  std::vector<double> vector = {};  ///< of length 1
  /// |beta_m s_mi|: how far the recurrence says that A v is from value v.
  double estimate = 0;
  /// ||A v - value v|| by one more product. Some eigenvalue lies within it if A is symmetric.
  double recomputed = 0;

  double residual() const { return estimate > recomputed ? estimate : recomputed; }
};

struct Lanczos {
  int steps = 0;           ///< done: the size of the tridiagonal matrix
  int restarts = 0;        ///< times an invariant subspace was used up before the dimension was
  bool converged = false;  ///< both ends within the tolerance, or the whole space used up
  bool exhausted = false;  ///< the whole space used up: `values` are all eigenvalues
  RitzPair smallest, largest;
  std::vector<double> values;   ///< all Ritz values, rising
  std::vector<double> weights;  ///< squared first components of their vectors; they sum to 1
  /// The largest inner product, relative to the largest |Ritz value|, that would be 0 if A were
  /// symmetric and exact: about the precision of A's arithmetic, or A is not symmetric.
  double asymmetry = 0;
};

/// Both ends of the spectrum of a symmetric operator on vectors of length `dimension`, by the
/// Lanczos recurrence with full reorthogonalisation, twice where the first pass took away more
/// than rounding (Parlett, The symmetric eigenvalue problem, 1998: twice is enough). Same bits for
/// every number of threads.
/// UsageError: dimension or steps below 1, a start vector of another length or of zeros, an
/// operator that changes the length. NumericError: numbers that are not finite.
Lanczos lanczos(const LinearOperator& symmetric, std::int64_t dimension,
                const LanczosOptions& options = {});

/// The quadratic model g'd + d'Hd/2 on the Krylov space g, Hg, H^2 g, ...
struct KrylovModel {
  int steps = 0;
  double decrease = 0;            ///< from 0 to its lowest point within the positive Ritz values
  std::vector<double> step = {};  ///< the d that leads there
  /// The part of |g|^2 that lies along Ritz values that are not positive, where the model has no
  /// lowest point.
  double unbounded_share = 0;
  std::vector<double> values = {};  ///< Ritz values, rising
  std::vector<double> shares = {};  ///< of |g|^2 along each; they sum to 1
};

/// At most `steps` products. Ritz values up to `cut` times the largest |Ritz value| count as 0.
KrylovModel krylov_model(const LinearOperator& hessian, const std::vector<double>& gradient,
                         int steps = 20, double cut = 1e-12);

}  // namespace downhill
