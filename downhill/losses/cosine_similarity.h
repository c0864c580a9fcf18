#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Cosine distance: the directions of two vectors count, their lengths do not.
///
///     L = 1 - cos(prediction, target)
///
/// Shapes      prediction (N, D), target (N, D) equal; one value per row.
/// Units       none, in [0, 2].
/// Numerics    no square overflows; a vector of zeros has cosine 0 with every other.
/// Gradient    smooth; 0 at a prediction of zeros.
/// Throws      UsageError if shapes or types differ.
/// Source      Salton, Wong and Yang, A vector space model for automatic indexing, CACM 18 (1975)
///             613-620.
/// Differs     Optax's cosine_distance is the same; Keras's CosineSimilarity is this minus 1.
struct CosineSimilarity {
  static constexpr BuiltIn name = "cosine_similarity";
  static constexpr std::array<const char*, 1> predictions = {"prediction"};
  static constexpr std::array<const char*, 1> targets = {"target"};
  static constexpr std::array takes = {Takes::embedding};
  static constexpr auto options() { return no_options(); }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& prediction, const Tensor& target) const;
};

}  // namespace downhill
