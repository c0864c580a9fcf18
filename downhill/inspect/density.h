#pragma once
#include <cstdint>
#include <vector>

#include "downhill/autodiff/flat.h"
#include "downhill/inspect/estimate.h"

namespace downhill {

struct DensityOptions {
  int probes = 8;    ///< random vectors; the interval comes from their differences
  int steps = 40;    ///< Lanczos steps of each, one product a step
  int points = 512;  ///< at which the density is given
  double width = 0;  ///< of the Gaussian that each eigenvalue becomes; 0: what the steps resolve
  /// Eigenvalues within this part of the largest |eigenvalue| around 0 are neither positive nor
  /// negative.
  double zero = 1e-4;
  std::uint64_t seed = 0;
};

/// How the eigenvalues are spread: the density phi(t) = 1/n sum_i g(t - lambda_i), g a Gaussian of
/// `width`, and the shares below, around and above 0.
struct Density {
  std::vector<double> at, density;  ///< a value for each of `points`
  /// The 95 % interval of each, symmetric in the logarithm: a single eigenvalue's weight in a random
  /// vector is the square of a normal number.
  std::vector<double> density_low, density_high;
  double width = 0;
  double low = 0, high = 0;                      ///< the smallest and largest Ritz value seen
  Estimate negative, zero, positive;             ///< shares; they sum to 1
  double cut = 0;                                ///< |lambda| up to which counts as 0
  std::vector<double> nodes = {}, weights = {};  ///< all Ritz values; weights sum to 1
  bool exact = false;                            ///< from all eigenvalues
  int products = 0;

  /// 1/n sum_i g(t - lambda_i).
  double operator()(double t) const;
};

/// Stochastic Lanczos quadrature: a random vector's Ritz values and the squares of their vectors'
/// first components are a quadrature of the density (Ubaru, Chen, Saad 2017; Papyan 2020). Where the
/// dimension is at most probes times steps all eigenvalues are computed instead. The default width
/// is that of Lin, Saad and Yang (2016): 2 / ((steps - 1) sqrt(8 ln 3)) of half the range.
/// UsageError: options out of range; NumericError: numbers that are not finite.
Density spectral_density(const LinearOperator& symmetric, std::int64_t dimension,
                         const DensityOptions& options = {});

}  // namespace downhill
