#pragma once
#include <array>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"

namespace downhill {

/// Triplet margin loss: an anchor should be nearer to its positive than to its negative.
///
///     d(a, b) = || a - b + eps ||_2        (eps is added to the differences, as PyTorch does)
///     L = max(0, d(anchor, positive) - d(anchor, negative) + margin)
///
/// Shapes      anchor, positive, negative (N, D) equal; no target; one value per row.
/// Units       those of the embedding; margin likewise.
/// Numerics    no square overflows: finite wherever the distances are.
/// Gradient    0 at the kink, where the sum is 0; a distance of 0 has slope 0.
/// Throws      UsageError if shapes or types differ, or options are out of range.
/// Source      Schroff et al., FaceNet, arXiv 1503.03832, equation 3
///             (there with squared distances);
///             this form: Balntas et al., BMVC 2016.
/// Differs     none from PyTorch's triplet_margin_loss with p = 2 and no swap.
struct Triplet {
  double margin = 1;
  double eps = 1e-6;

  static constexpr BuiltIn name = "triplet";
  static constexpr std::array<const char*, 3> predictions = {"anchor", "positive", "negative"};
  static constexpr std::array takes = {Takes::embedding, Takes::embedding, Takes::embedding};
  static constexpr auto options() {
    return std::array{
        option<&Triplet::margin>("margin", kNonNegative, "how much nearer the positive should be"),
        option<&Triplet::eps>("eps", kNonNegative, "added to the differences")};
  }

  Tensor operator()(const Tensor& anchor, const Tensor& positive, const Tensor& negative) const {
    const auto distance = [&](const Tensor& a, const Tensor& b) {
      // Divided by the largest entry, a constant that cancels: no square overflows or underflows.
      const Tensor difference = a - b + eps, largest = max(abs(difference.detach()), -1, true);
      const Tensor one = Tensor::scalar(1, a.type()), zero = Tensor::scalar(0, a.type());
      const Tensor apart = squeeze(largest, -1) > 0.0;
      const Tensor unit = where(largest > 0.0, largest, one);
      const Tensor squares = sum(square(difference / unit), -1);
      return where(apart, sqrt(where(apart, squares, one)) * squeeze(unit, -1), zero);
    };
    return relu(distance(anchor, positive) - distance(anchor, negative) + margin);
  }
};

}  // namespace downhill
