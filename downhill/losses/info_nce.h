#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// InfoNCE: of all rows of the second view, each row of the first should be nearest to its own.
///
///     s_ij = cos(first_i, second_j) / temperature
///     L_i = logsumexp_j(s_ij) - s_ii
///
/// Shapes      first, second (N, D) equal, row i of both belonging together; no target; one value
///             per row.
/// Units       nats.
/// Numerics    no square overflows; a vector of zeros has cosine 0 with every other.
/// Gradient    smooth; 0 at a vector of zeros.
/// Throws      UsageError if shapes or types differ, or temperature <= 0.
/// Source      van den Oord, Li and Vinyals, arXiv 1807.03748, equation 4; cosines: He et al.,
///             arXiv 1911.05722.
/// Differs     CLIP has the mean of this and of its views exchanged.
struct InfoNCE {
  double temperature = 0.07;

  static constexpr BuiltIn name = "info_nce";
  static constexpr std::array<const char*, 2> predictions = {"first", "second"};
  static constexpr std::array takes = {Takes::embedding, Takes::embedding};
  static constexpr auto options() {
    return std::array{
        option<&InfoNCE::temperature>("temperature", kPositive, "what the cosines are divided by")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& first, const Tensor& second) const;
};

}  // namespace downhill
