#include "downhill/autodiff/detail/recurrence.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "downhill/core/error.h"
#include "downhill/tensor/detail/blas.h"

namespace downhill::detail {

// A pass that leaves this part of the length was exact to rounding.
constexpr double kKept = 0.7;

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
      last_beta_(flat::length(next_)) {}

bool Recurrence::advance() {
  if (exhausted()) return false;
  if (!basis_.empty()) {
    if (broke_down()) {
      next_ = random_orthogonal();
      last_beta_ = flat::length(next_);
      beta_.push_back(0);
      ++restarts_;
    } else {
      beta_.push_back(last_beta_);
    }
  }
  flat::scale(next_, 1 / last_beta_);
  basis_.push_back(std::move(next_));
  next_ = symmetric_(basis_.back());
  if (next_.size() != dimension_)
    throw_usage("lanczos", "the operator made " + std::to_string(next_.size()) + " numbers from " +
                               std::to_string(dimension_) + "; expected as many");
  if (!flat::all_finite(next_))
    throw NumericError("[lanczos] product " + std::to_string(steps()) +
                       " of the operator holds numbers that are not finite");
  largest_ = std::max(largest_, flat::length(next_));
  orthogonalise();
  return true;
}

// The three-term recurrence, then the whole basis: a pass that takes away more than rounding (a third
// of the length) is done once more, after which two are enough (Daniel, Gragg, Kaufman, Stewart 1976).
void Recurrence::orthogonalise() {
  double alpha = flat::dot(basis_.back(), next_);
  flat::add(next_, -alpha, basis_.back());
  if (!beta_.empty()) flat::add(next_, -beta_.back(), basis_[basis_.size() - 2]);
  const double before = flat::length(next_);
  Vector inner = flat::project(basis_, next_);
  // For a symmetric A nothing is left along any basis vector.
  for (std::size_t j = 0; j + 1 < inner.size(); ++j)
    asymmetry_ = std::max(asymmetry_, std::abs(inner[j]));
  alpha += inner.back();
  alpha_.push_back(alpha);
  for (double& c : inner) c = -c;
  flat::add_combination(next_, basis_, inner);
  last_beta_ = flat::length(next_);
  if (last_beta_ > kKept * before) return;
  remove_basis(next_);
  last_beta_ = flat::length(next_);
}

void Recurrence::remove_basis(Vector& w) const {
  Vector inner = flat::project(basis_, w);
  for (double& c : inner) c = -c;
  flat::add_combination(w, basis_, inner);
}

Vector Recurrence::random_orthogonal() {
  Vector w(dimension_);
  for (;;) {
    for (double& x : w) x = random_.normal();
    const double before = flat::length(w);
    remove_basis(w);
    remove_basis(w);
    // A draw almost inside the basis (likely only in a few dimensions) would be mostly rounding.
    const double left = flat::length(w);
    if (left <= 1e-6 * before) continue;
    remove_basis(w);
    return w;
  }
}

TridiagonalEigen Recurrence::eigen() const { return tridiagonal_eigen(alpha_, beta_); }

Vector Recurrence::combine(const Vector& coordinates) const {
  Vector result(dimension_);
  flat::add_combination(result, basis_, coordinates);
  return result;
}

}  // namespace downhill::detail
