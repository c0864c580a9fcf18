#include "downhill/autodiff/symmetric_eigen.h"

#include <string>

#include "downhill/core/error.h"
#include "downhill/tensor/detail/blas.h"

namespace downhill {

SymmetricEigen symmetric_eigen(const LinearOperator& symmetric, std::int64_t dimension) {
  const auto n = static_cast<std::size_t>(dimension);
  std::vector<double> matrix(n * n), unit(n);
  for (std::size_t j = 0; j < n; ++j) {
    unit[j] = 1;
    const std::vector<double> column = symmetric(unit);
    unit[j] = 0;
    if (!flat::all_finite(column))
      throw NumericError("[symmetric_eigen] a product holds numbers that are not finite");
    for (std::size_t i = 0; i < n; ++i) matrix[j * n + i] = column[i];
  }
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t i = 0; i < j; ++i)
      matrix[j * n + i] = matrix[i * n + j] = 0.5 * (matrix[j * n + i] + matrix[i * n + j]);
  SymmetricEigen result;
  result.values.resize(n);
  const int size = static_cast<int>(n), length = 3 * size;
  std::vector<double> work(static_cast<std::size_t>(length));
  int info = 0;
  const detail::OneBlasThread one;  // the same bits for any number
  detail::blas().dsyev("V", "L", &size, matrix.data(), &size, result.values.data(), work.data(),
                       &length, &info, 1, 1);
  if (info != 0)
    throw NumericError("[symmetric_eigen] LAPACK's dsyev did not converge; info is " +
                       std::to_string(info));
  for (std::size_t j = 0; j < n; ++j) {
    const auto column = matrix.begin() + static_cast<std::ptrdiff_t>(j * n);
    result.vectors.emplace_back(column, column + static_cast<std::ptrdiff_t>(n));
  }
  return result;
}

}  // namespace downhill
