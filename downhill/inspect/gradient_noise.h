#pragma once
#include <cstdint>
#include <vector>

#include "downhill/inspect/estimate.h"
#include "downhill/inspect/objective.h"

namespace downhill {

/// How far the gradients of small batches are from each other and from their mean.
struct GradientNoise {
  std::int64_t rows = 0, batch = 0;  ///< of all batches together, and of each
  int batches = 0;
  double gradient_norm2 = 0;  ///< |G|^2 of the true gradient, without what the noise adds to it
  double variance = 0;        ///< tr Sigma, of one row's gradient
  /// tr Sigma / |G|^2: the batch beyond which more rows bring little (McCandlish 2018), with its
  /// 95 % interval. Infinite where the gradient is lost in the noise.
  Estimate noise_scale;
  double signal_to_noise = 0;  ///< |G|^2 batch / tr Sigma, of one batch
  /// sqrt(tr Sigma / (batch |G|^2)), and the standard deviation of G_b'G over |G|^2: the smallest
  /// theta for which the batch passes Byrd's norm test (2012) and the inner-product test
  /// (Bollapragada 2017). Up to 0.9 a batch is large enough.
  double norm_test = 0, inner_test = 0;

  /// A batch for which the noise is about as large as the signal: the noise scale as a power of two,
  /// at least 1, at most the rows.
  std::int64_t suggested_batch() const;
};

/// From the mean losses of disjoint random batches of `batch` rows each, at least 8 of them; each is
/// differentiated twice. |G|^2 and tr Sigma are unbiased; the interval is a jackknife over the
/// batches, of |G|^2 / tr Sigma.
GradientNoise gradient_noise(const std::vector<Objective::Part>& batches, std::int64_t batch,
                             const Tensors& parameters);

}  // namespace downhill
