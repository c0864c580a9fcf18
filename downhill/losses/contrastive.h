#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Contrastive loss of pairs: those that are alike (y = 1) should be near, others (y = 0) at least
/// `margin` apart.
///
///     d = || first - second ||
///     L = y d^2 + (1 - y) max(0, margin - d)^2
///
/// Shapes      first, second (N, D) equal; target (N) y in [0, 1]; one value per row.
/// Units       those of the embedding, squared; margin in them.
/// Gradient    2 y d of the distance, -2 (1 - y) (margin - d) below the margin; where d = 0 that of
///             the second part is 0.
/// Throws      UsageError if shapes or types differ, a target is outside [0, 1], or margin < 0.
/// Source      Hadsell, Chopra and LeCun, Dimensionality reduction by learning an invariant mapping,
///             CVPR 2006, equation 4 (there times 1/2, with 0 for pairs that are alike).
/// Differs     TensorFlow Addons' contrastive_loss is the same, of given distances.
///             pytorch-metric-learning's takes labels and plain distances.
struct Contrastive {
  double margin = 1;

  static constexpr BuiltIn name = "contrastive";
  static constexpr std::array<const char*, 2> predictions = {"first", "second"};
  static constexpr std::array<const char*, 1> targets = {"target"};
  static constexpr std::array takes = {Takes::embedding, Takes::embedding};
  static constexpr Range target_range = kUnit;
  static constexpr auto options() {
    return std::array{option<&Contrastive::margin>(
        "margin", kNonNegative, "how far apart those should be that are not alike")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& first, const Tensor& second, const Tensor& target) const;
};

}  // namespace downhill
