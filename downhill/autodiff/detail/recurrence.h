#pragma once
#include <cstdint>

#include "downhill/autodiff/flat.h"
#include "downhill/core/random.h"

namespace downhill::detail {

using flat::Vector;

/// The eigenvalues of a symmetric tridiagonal matrix, rising, and their vectors (LAPACK's dstev).
struct TridiagonalEigen {
  Vector values;
  std::vector<Vector> vectors;
};
TridiagonalEigen tridiagonal_eigen(Vector diagonal, Vector off_diagonal);

/// The Lanczos recurrence A q_k = beta_{k-1} q_{k-1} + alpha_k q_k + beta_k q_{k+1}, each new
/// vector orthogonalised against all before, twice where once took away more than rounding.
class Recurrence {
 public:
  /// `start` must not be zero; a seed decides the vectors of restarts.
  Recurrence(const LinearOperator& symmetric, Vector start, std::uint64_t seed);

  /// One more product. False, with nothing done, where the basis spans the whole space.
  bool advance();
  /// The last vectors span an invariant subspace: beta is 0 to rounding.
  bool broke_down() const { return last_beta_ <= kBreakdown * largest_; }
  bool exhausted() const { return basis_.size() == dimension_; }

  const std::vector<Vector>& basis() const { return basis_; }
  int steps() const { return static_cast<int>(basis_.size()); }
  int restarts() const { return restarts_; }
  double last_beta() const { return last_beta_; }
  double asymmetry() const { return asymmetry_; }
  TridiagonalEigen eigen() const;
  /// The vector of the whole space with these coordinates in the basis.
  Vector combine(const Vector& coordinates) const;

 private:
  static constexpr double kBreakdown = 1e-13;  ///< of the largest |A q| so far

  Vector random_orthogonal();
  void remove_basis(Vector& w) const;
  void orthogonalise();

  const LinearOperator& symmetric_;
  std::size_t dimension_;
  Random random_;
  std::vector<Vector> basis_;
  Vector next_;  ///< q_{k+1} times beta_k
  Vector alpha_, beta_;
  double last_beta_ = 0, largest_ = 0, asymmetry_ = 0;
  int restarts_ = 0;
};

}  // namespace downhill::detail
