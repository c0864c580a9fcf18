#pragma once
#include <cblas.h>

#include <cstddef>

namespace downhill::detail {

/// What we use of OpenBLAS, LAPACK included. It is loaded with the first product and not with our library: while it
/// loads it starts threads and maps memory for each, and where the system refuses it asks again for
/// ever; so it must be made sure of before.
struct OpenBlas {
  decltype(&cblas_sgemm) sgemm;
  decltype(&cblas_dgemm) dgemm;
  decltype(&cblas_sgemv) sgemv;
  decltype(&cblas_dgemv) dgemv;
  /// All eigenvalues, rising, and vectors of a symmetric tridiagonal matrix; as in Fortran, the
  /// length of the first argument comes last.
  void (*dstev)(const char* job, const int* n, double* diagonal, double* off_diagonal,
                double* vectors, const int* leading, double* work, int* info,
                std::size_t job_length);
  /// The same of a full symmetric matrix, which its vectors replace.
  void (*dsyev)(const char* job, const char* part, const int* n, double* matrix, const int* leading,
                double* values, double* work, const int* work_length, int* info,
                std::size_t job_length, std::size_t part_length);
  decltype(&openblas_get_config) get_config;
  decltype(&openblas_get_parallel) get_parallel;
  decltype(&openblas_get_num_threads) get_num_threads;
  decltype(&openblas_set_num_threads) set_num_threads;
  void* (*memory_alloc)(int reserved);  ///< a call's work space, of the list of those it has
  void (*memory_free)(void* space);
  int (*omp_get_max_threads)();  ///< of the OpenMP build, else null
  void (*omp_set_num_threads)(int count);
};
/// Throws std::bad_alloc if there is not enough memory to load it.
const OpenBlas& blas();

/// While it lives, BLAS calls of this thread run on one thread. The pthread build of OpenBLAS has
/// one number for the whole process: it is lowered for the time of our products and restored. The
/// OpenMP build ignores that number and asks OpenMP, whose number belongs to the calling thread.
class OneBlasThread {
 public:
  OneBlasThread();
  ~OneBlasThread();
  OneBlasThread(const OneBlasThread&) = delete;
  OneBlasThread& operator=(const OneBlasThread&) = delete;

 private:
  int before_ = 1;
};

/// Work space for BLAS calls at the same time. OpenBLAS maps some for each such call and keeps it.
class BlasSpace {
 public:
  /// Space for `calls` calls, or for one if there is not enough; std::bad_alloc without that.
  explicit BlasSpace(int calls);
  ~BlasSpace();
  BlasSpace(const BlasSpace&) = delete;
  BlasSpace& operator=(const BlasSpace&) = delete;

  int calls() const { return calls_; }

 private:
  int calls_;
};

}  // namespace downhill::detail
