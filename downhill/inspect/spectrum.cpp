#include "downhill/inspect/spectrum.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "downhill/autodiff/flat.h"
#include "downhill/core/error.h"
#include "downhill/core/random.h"

namespace downhill {

double Spectrum::condition() const {
  const double a = std::abs(h1.value), b = std::abs(hn.value);
  const double small = std::min(a, b), residual = a < b ? h1.residual() : hn.residual();
  return small <= residual ? std::numeric_limits<double>::infinity() : std::max(a, b) / small;
}

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

TraceEstimate hutchinson(const LinearOperator& symmetric, std::int64_t dimension, int samples,
                         std::uint64_t seed) {
  if (dimension < 1) throw_usage("hutchinson", "the dimension is 0; expected at least 1");
  if (samples < 1) throw_usage("hutchinson", "samples must be at least 1");
  Random random(seed, 2);
  std::vector<double> signs(static_cast<std::size_t>(dimension));
  double mean = 0, squares = 0;  // of deviations from the mean (Welford)
  for (int k = 1; k <= samples; ++k) {
    for (double& z : signs) z = (random.bits() >> 63) != 0 ? 1 : -1;
    const double value = flat::dot(signs, symmetric(signs));
    const double deviation = value - mean;
    mean += deviation / k;
    squares += deviation * (value - mean);
  }
  const double error = samples > 1 ? std::sqrt(squares / (samples - 1.0) / samples)
                                   : std::numeric_limits<double>::quiet_NaN();
  return {mean, error, samples};
}

TraceEstimate hutchinson(const HessianProduct& hessian, int samples, std::uint64_t seed) {
  return hutchinson(hessian_operator(hessian), count_elements(hessian.gradient()), samples, seed);
}

}  // namespace downhill
