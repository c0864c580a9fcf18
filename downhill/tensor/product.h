#pragma once
#include <cstdint>

#include "downhill/core/processor.h"

namespace downhill {

/// C = alpha op(A) op(B) + beta C for row-major matrices: op(A) is m x k, op(B) is k x n, C is
/// m x n. Work is cut into tiles by shape alone and each is one single-threaded BLAS call, so the
/// bits do not depend on the number of threads.
struct Product {
  bool transpose_a = false, transpose_b = false;
  std::int64_t m = 0, n = 0, k = 0;
};
void multiply(const Product& p, double alpha, const float* a, const float* b, double beta,
              float* c);
void multiply(const Product& p, double alpha, const double* a, const double* b, double beta,
              double* c);

/// "OpenBLAS 0.3.21 ... (pthread)", for the run log.
const char* blas_description();

namespace detail {
/// Small products in our own loops: BLAS would spend longer on its preparations.
struct SmallProducts {
  void (*f32)(const Product&, float alpha, const float* a, const float* b, float beta, float* c);
  void (*f64)(const Product&, double alpha, const double* a, const double* b, double beta,
              double* c);
};
template <Level>
const SmallProducts& level_small_products();
const SmallProducts& small_products();
}  // namespace detail

}  // namespace downhill
