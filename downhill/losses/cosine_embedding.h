#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Cosine embedding loss: pairs that are alike (y = 1) should point the same way, others (y = -1)
/// should have a cosine of at most `margin`.
///
///     L = (1 + y) / 2 (1 - cos(first, second)) + (1 - y) / 2 max(0, cos(first, second) - margin)
///
/// Shapes      first, second (N, D) equal; target (N) y in [-1, 1]; one value per row.
/// Units       none.
/// Numerics    no square overflows; a vector of zeros has cosine 0 with every other.
/// Gradient    0 at the kink; 0 at a vector of zeros.
/// Throws      UsageError if shapes or types differ, a target is outside [-1, 1] or 0, or margin is.
/// Source      Bromley et al., Signature verification using a "siamese" time delay neural network,
///             NIPS 1993.
/// Differs     PyTorch's cosine_embedding_loss adds 1e-12 to the squared lengths, and takes targets
///             of -1 and 1 only.
struct CosineEmbedding {
  double margin = 0;

  static constexpr BuiltIn name = "cosine_embedding";
  static constexpr std::array<const char*, 2> predictions = {"first", "second"};
  static constexpr std::array<const char*, 1> targets = {"target"};
  static constexpr std::array takes = {Takes::embedding, Takes::embedding};
  static constexpr Range target_range = kSigns;
  static constexpr double first_class = -1;
  static constexpr auto options() {
    return std::array{option<&CosineEmbedding::margin>(
        "margin", Range{-1, 1}, "the largest cosine of pairs that are not alike")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& first, const Tensor& second, const Tensor& target) const;
};

}  // namespace downhill
