#pragma once
#include "downhill/autodiff/lanczos.h"

namespace downhill {

struct SpectrumOptions {
  int steps = 40;  ///< Lanczos steps at most; one Hessian-vector product each
  double tolerance =
      1e-4;  ///< enough when residual <= tolerance max(|lambda|, 0.001 largest |lambda|)
  std::uint64_t seed = 0;  ///< of the start vector
};

/// Both ends of a Hessian's spectrum.
struct Spectrum {
  RitzPair h1;  ///< the largest eigenvalue, its vector and residuals
  RitzPair hn;  ///< the smallest
  int steps = 0;
  bool converged = false;
  double asymmetry = 0;  ///< see Lanczos

  /// max |lambda| / min |lambda| of the two ends, that is h1 / hn where both are positive; infinite
  /// where hn is within its residual of 0.
  double condition() const;
};

Spectrum spectrum(const LinearOperator& hessian, std::int64_t dimension,
                  const SpectrumOptions& options = {});
/// Products run in the precision of the model; for float32 expect residuals from 1e-6 h1 on.
Spectrum spectrum(const HessianProduct& hessian, const SpectrumOptions& options = {});

/// An estimate with its standard error.
struct TraceEstimate {
  double trace = 0;
  double standard_error = 0;  ///< NaN for a single sample
  int samples = 0;
};

/// The trace of a symmetric operator by Hutchinson's estimator: the mean of z'Az over random signs
/// z (A stochastic estimator of the trace of the influence matrix, 1990). Exact for diagonal
/// matrices.
TraceEstimate hutchinson(const LinearOperator& symmetric, std::int64_t dimension, int samples = 30,
                         std::uint64_t seed = 0);
TraceEstimate hutchinson(const HessianProduct& hessian, int samples = 30, std::uint64_t seed = 0);

}  // namespace downhill
