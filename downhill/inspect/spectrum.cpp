#include "downhill/inspect/spectrum.h"

#include <utility>

namespace downhill {

Spectrum spectrum(const LinearOperator& hessian, std::int64_t dimension,
                  const SpectrumOptions& options) {
  LanczosOptions lanczos_options;
  lanczos_options.steps = options.steps;
  lanczos_options.tolerance = options.tolerance;
  lanczos_options.seed = options.seed;
  Lanczos found = lanczos(hessian, dimension, lanczos_options);
  return {std::move(found.largest), std::move(found.smallest), found.steps, found.converged,
          found.asymmetry};
}

Spectrum spectrum(const HessianProduct& hessian, const SpectrumOptions& options) {
  return spectrum(hessian_operator(hessian), count_elements(hessian.gradient()), options);
}

}  // namespace downhill
