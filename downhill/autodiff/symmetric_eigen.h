#pragma once
#include "downhill/autodiff/flat.h"

namespace downhill {

/// Eigenvalues, rising, and their vectors, each of length 1.
struct SymmetricEigen {
  std::vector<double> values = {};
  std::vector<std::vector<double>> vectors = {};
};

/// All of a symmetric operator on vectors of length `dimension`, by as many products and LAPACK's
/// dsyev; the mean of A and its transpose is taken. Small eigenvalues are good to some roundings of
/// the largest. NumericError: numbers that are not finite.
SymmetricEigen symmetric_eigen(const LinearOperator& symmetric, std::int64_t dimension);

}  // namespace downhill
