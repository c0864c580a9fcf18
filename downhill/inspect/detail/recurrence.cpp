#include "downhill/inspect/detail/recurrence.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "downhill/core/error.h"
#include "downhill/tensor/detail/blas.h"

namespace downhill::detail {

TridiagonalEigen tridiagonal_eigen(Vector diagonal, Vector off_diagonal) {
  const std::size_t m = diagonal.size();
  const int n = static_cast<int>(m);
  off_diagonal.resize(m);
  Vector vectors(m * m), work(2 * m);
  int info = 0;
  blas().dstev("V", &n, diagonal.data(), off_diagonal.data(), vectors.data(), &n, work.data(),
               &info, 1);
  if (info != 0)
    throw NumericError("[lanczos] LAPACK's dstev did not converge; info is " +
                       std::to_string(info));
  TridiagonalEigen result{std::move(diagonal), {}};
  for (std::size_t i = 0; i < m; ++i) {
    const auto column = vectors.begin() + static_cast<std::ptrdiff_t>(i * m);
    result.vectors.emplace_back(column, column + static_cast<std::ptrdiff_t>(m));
  }
  return result;
}

Recurrence::Recurrence(const LinearOperator& symmetric, Vector start, std::uint64_t seed)
    : symmetric_(symmetric),
      dimension_(start.size()),
      random_(seed, 1),
      next_(std::move(start)),
      last_beta_(length(next_)) {}

bool Recurrence::advance() {
  if (exhausted()) return false;
  if (!basis_.empty()) {
    if (broke_down()) {
      next_ = random_orthogonal();
      last_beta_ = length(next_);
      beta_.push_back(0);
      ++restarts_;
    } else {
      beta_.push_back(last_beta_);
    }
  }
  scale(next_, 1 / last_beta_);
  basis_.push_back(std::move(next_));
  next_ = symmetric_(basis_.back());
  if (next_.size() != dimension_)
    throw_usage("lanczos", "the operator made " + std::to_string(next_.size()) + " numbers from " +
                               std::to_string(dimension_) + "; expected as many");
  if (!all_finite(next_))
    throw NumericError("[lanczos] product " + std::to_string(steps()) +
                       " of the operator holds numbers that are not finite");
  largest_ = std::max(largest_, length(next_));
  Vector inner = project(basis_, next_);
  measure_asymmetry(inner);
  alpha_.push_back(inner.back());
  for (double& c : inner) c = -c;
  add_combination(next_, basis_, inner);
  remove_basis(next_);
  last_beta_ = length(next_);
  return true;
}

// For a symmetric A the inner product with all but the last two basis vectors is 0, and with the
// last but one it is the beta that is known already.
void Recurrence::measure_asymmetry(const Vector& inner) {
  for (std::size_t j = 0; j + 1 < inner.size(); ++j) {
    const double expected = j + 2 == inner.size() ? beta_.back() : 0;
    asymmetry_ = std::max(asymmetry_, std::abs(inner[j] - expected));
  }
}

void Recurrence::remove_basis(Vector& w) const {
  Vector inner = project(basis_, w);
  for (double& c : inner) c = -c;
  add_combination(w, basis_, inner);
}

Vector Recurrence::random_orthogonal() {
  Vector w(dimension_);
  for (;;) {
    for (double& x : w) x = random_.normal();
    const double before = length(w);
    remove_basis(w);
    remove_basis(w);
    // A draw almost inside the basis (likely only in a few dimensions) would be mostly rounding.
    const double left = length(w);
    if (left <= 1e-6 * before) continue;
    remove_basis(w);
    return w;
  }
}

TridiagonalEigen Recurrence::eigen() const { return tridiagonal_eigen(alpha_, beta_); }

Vector Recurrence::combine(const Vector& coordinates) const {
  Vector result(dimension_);
  add_combination(result, basis_, coordinates);
  return result;
}

}  // namespace downhill::detail
