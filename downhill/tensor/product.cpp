#include "downhill/tensor/product.h"

#include <algorithm>
#include <string>

#include "downhill/core/parallel.h"
#include "downhill/core/processor.h"
#include "downhill/tensor/detail/blas.h"

namespace downhill {

namespace {

using detail::blas;
using detail::BlasSpace;
using detail::OneBlasThread;
using Index = std::int64_t;

CBLAS_TRANSPOSE flag(bool transposed) { return transposed ? CblasTrans : CblasNoTrans; }

void gemm(const Product& p, float alpha, const float* a, Index lda, const float* b, Index ldb,
          float beta, float* c, Index ldc) {
  blas().sgemm(CblasRowMajor, flag(p.transpose_a), flag(p.transpose_b), static_cast<int>(p.m),
               static_cast<int>(p.n), static_cast<int>(p.k), alpha, a, static_cast<int>(lda), b,
               static_cast<int>(ldb), beta, c, static_cast<int>(ldc));
}
void gemm(const Product& p, double alpha, const double* a, Index lda, const double* b, Index ldb,
          double beta, double* c, Index ldc) {
  blas().dgemm(CblasRowMajor, flag(p.transpose_a), flag(p.transpose_b), static_cast<int>(p.m),
               static_cast<int>(p.n), static_cast<int>(p.k), alpha, a, static_cast<int>(lda), b,
               static_cast<int>(ldb), beta, c, static_cast<int>(ldc));
}
void gemv(bool transposed, Index rows, Index columns, float alpha, const float* a, Index lda,
          const float* x, float beta, float* y) {
  blas().sgemv(CblasRowMajor, flag(transposed), static_cast<int>(rows), static_cast<int>(columns),
               alpha, a, static_cast<int>(lda), x, 1, beta, y, 1);
}
void gemv(bool transposed, Index rows, Index columns, double alpha, const double* a, Index lda,
          const double* x, double beta, double* y) {
  blas().dgemv(CblasRowMajor, flag(transposed), static_cast<int>(rows), static_cast<int>(columns),
               alpha, a, static_cast<int>(lda), x, 1, beta, y, 1);
}

int calls_at_a_time(Index parts) { return static_cast<int>(std::min<Index>(parts, threads())); }

// y = alpha op(M) x + beta y, M row-major with rows x columns as stored. Cut along y.
template <class T>
void matrix_vector(bool transposed, Index rows, Index columns, T alpha, const T* matrix, const T* x,
                   T beta, T* y) {
  const Index length = transposed ? columns : rows;
  const Index parts = std::clamp<Index>(rows * columns / 65536, 1, std::max<Index>(1, length / 16));
  const Index step = ((length + parts - 1) / parts + 15) / 16 * 16;
  const Index count_of_parts = blocks(length, step);
  const BlasSpace space(calls_at_a_time(count_of_parts));
  const OneBlasThread one;
  parallel_for(count_of_parts, space.calls() > 1, [&](Index part) {
    const OneBlasThread inside;
    const Index begin = part * step, count = std::min(step, length - begin);
    if (transposed) gemv(true, rows, count, alpha, matrix + begin, columns, x, beta, y + begin);
    else gemv(false, count, columns, alpha, matrix + begin * columns, columns, x, beta, y + begin);
  });
}

// The size of a tile along an axis: 128 to 256 where that gives enough of them.
Index tile(Index size) {
  const Index count = (size + 255) / 256;
  return ((size + count - 1) / count + 15) / 16 * 16;
}

template <class T>
void tiled(const Product& p, T alpha, const T* a, const T* b, T beta, T* c) {
  Index rows = tile(p.m), columns = tile(p.n);
  if (blocks(p.m, rows) * blocks(p.n, columns) < 4) {  // a few tiles would leave threads idle
    if (p.m >= p.n) rows = std::max<Index>(16, (rows / 2 + 15) / 16 * 16);
    else columns = std::max<Index>(16, (columns / 2 + 15) / 16 * 16);
  }
  const Index lda = p.transpose_a ? p.m : p.k, ldb = p.transpose_b ? p.k : p.n;
  const Index across = blocks(p.n, columns), count = blocks(p.m, rows) * across;
  const bool worth_it =
      static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k) > 5e5;
  const BlasSpace space(worth_it ? calls_at_a_time(count) : 1);
  const OneBlasThread one;
  parallel_for(count, space.calls() > 1, [&](Index index) {
    const OneBlasThread inside;
    const Index i = index / across * rows, j = index % across * columns;
    const Product part{p.transpose_a, p.transpose_b, std::min(rows, p.m - i),
                       std::min(columns, p.n - j), p.k};
    gemm(part, alpha, p.transpose_a ? a + i : a + i * lda, lda, p.transpose_b ? b + j * ldb : b + j,
         ldb, beta, c + i * p.n + j, p.n);
  });
}

template <class T>
void scale(T beta, T* c, Index n) {
  for (Index i = 0; i < n; ++i) c[i] = beta == 0 ? T(0) : beta * c[i];
}

// k = 1: the outer product of two vectors.
template <class T>
void outer(const Product& p, T alpha, const T* a, const T* b, T beta, T* c) {
  parallel_for(blocks(p.m, 16), p.m * p.n >= kParallelThreshold, [&](Index part) {
    for (Index i = part * 16; i < std::min(p.m, part * 16 + 16); ++i) {
      const T ai = alpha * a[i];
      T* row = c + i * p.n;
      if (beta == 0) {
#pragma omp simd
        for (Index j = 0; j < p.n; ++j) row[j] = ai * b[j];
      } else {
#pragma omp simd
        for (Index j = 0; j < p.n; ++j) row[j] = beta * row[j] + ai * b[j];
      }
    }
  });
}

constexpr Index kSmall = 40000;  // multiplications up to which our own loops win

template <class T>
void dispatch(const Product& p, T alpha, const T* a, const T* b, T beta, T* c) {
  if (p.m == 0 || p.n == 0) return;
  if (p.k == 0) return scale(beta, c, p.m * p.n);
  if (p.k == 1) return outer(p, alpha, a, b, beta, c);
  if (p.m * p.n * p.k <= kSmall) {
    const auto& small = detail::small_products();
    if constexpr (sizeof(T) == 4) return small.f32(p, alpha, a, b, beta, c);
    else return small.f64(p, alpha, a, b, beta, c);
  }
  // A vector stands the same in memory whether it is a row or a column.
  if (p.n == 1) {
    return p.transpose_a ? matrix_vector(true, p.k, p.m, alpha, a, b, beta, c)
                         : matrix_vector(false, p.m, p.k, alpha, a, b, beta, c);
  }
  if (p.m == 1) {
    return p.transpose_b ? matrix_vector(false, p.n, p.k, alpha, b, a, beta, c)
                         : matrix_vector(true, p.k, p.n, alpha, b, a, beta, c);
  }
  tiled(p, alpha, a, b, beta, c);
}

}  // namespace

const detail::SmallProducts& detail::small_products() {
  static const SmallProducts& chosen = at_best_level(
      []<Level level>() -> const SmallProducts& { return level_small_products<level>(); });
  return chosen;
}

void multiply(const Product& p, double alpha, const float* a, const float* b, double beta,
              float* c) {
  dispatch(p, static_cast<float>(alpha), a, b, static_cast<float>(beta), c);
}
void multiply(const Product& p, double alpha, const double* a, const double* b, double beta,
              double* c) {
  dispatch(p, alpha, a, b, beta, c);
}

const char* blas_description() {
  static const std::string text = std::string(blas().get_config()) +
                                  (blas().get_parallel() == OPENBLAS_OPENMP   ? " (openmp)"
                                   : blas().get_parallel() == OPENBLAS_THREAD ? " (pthread)"
                                                                              : " (sequential)");
  return text.c_str();
}

}  // namespace downhill
