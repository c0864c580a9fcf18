#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Normalised temperature-scaled cross-entropy (SimCLR): of the 2 N - 1 other rows of both views,
/// each row should be nearest to its other view.
///
///     s_ij = cos(z_i, z_j) / temperature,    z = rows of first, then of second
///     l_i = logsumexp_(j != i)(s_ij) - s_(i, other view of i)
///     L_i = (l_i + l_(other view of i)) / 2
///
/// Shapes      first, second (N, D) equal, row i of both belonging together; no target; one value
///             per pair.
/// Units       nats.
/// Numerics    no square overflows; a vector of zeros has cosine 0 with every other.
/// Gradient    smooth; 0 at a vector of zeros.
/// Throws      UsageError if shapes or types differ, or temperature <= 0.
/// Source      Chen et al., arXiv 2002.05709, equation 1.
/// Differs     MONAI's ContrastiveLoss is the same (temperature 0.5). Optax's ntxent takes labels
///             and leaves the other positives out of the sum below.
struct NTXent {
  double temperature = 0.5;

  static constexpr BuiltIn name = "nt_xent";
  static constexpr std::array<const char*, 2> predictions = {"first", "second"};
  static constexpr std::array takes = {Takes::embedding, Takes::embedding};
  static constexpr auto options() {
    return std::array{
        option<&NTXent::temperature>("temperature", kPositive, "what the cosines are divided by")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& first, const Tensor& second) const;
};

}  // namespace downhill
