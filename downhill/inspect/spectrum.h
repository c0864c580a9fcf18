#pragma once
#include "downhill/autodiff/lanczos.h"

namespace downhill {

struct SpectrumOptions {
  int steps = 40;           ///< Lanczos steps at most; one Hessian-vector product each
  double tolerance = 1e-4;  ///< enough: residual <= tolerance max(|lambda|, 0.001 largest |lambda|)
  std::uint64_t seed = 0;   ///< of the start vector
};

/// Both ends of a Hessian's spectrum.
struct Spectrum {
  RitzPair h1;  ///< the largest eigenvalue, its vector and residuals
  RitzPair hn;  ///< the smallest
  int steps = 0;
  bool converged = false;
  double asymmetry = 0;  ///< see Lanczos
};

Spectrum spectrum(const LinearOperator& hessian, std::int64_t dimension,
                  const SpectrumOptions& options = {});
/// Products run in the precision of the model; for float32 expect residuals from 1e-6 h1 on.
Spectrum spectrum(const HessianProduct& hessian, const SpectrumOptions& options = {});

}  // namespace downhill
