#pragma once
#include "downhill/core/options.h"
#include "downhill/losses/takes.h"

namespace downhill {

/// Hinge loss of distances: pairs that are alike (y = 1) should be near, others (y = -1) at least
/// `margin` apart.
///
///     L = x                     if y = 1
///     L = max(0, margin - x)    if y = -1
///
/// Shapes      prediction (...) distances x, target (...) y, -1 or 1, equal; one value per element.
///             Between -1 and 1 the two are mixed, (1 + y) / 2 of the first.
/// Units       those of the distance, margin as well.
/// Gradient    1 for y = 1; for y = -1 -1 below the margin, 0 above it and at it.
/// Throws      UsageError if shapes or types differ, or a target is outside [-1, 1] or 0.
/// Source      Hadsell, Chopra and LeCun, Dimensionality reduction by learning an invariant mapping,
///             CVPR 2006 (there with squares).
/// Differs     PyTorch's hinge_embedding_loss adds both lines for other targets than -1 and 1, and has
///             the slope -1 at the margin.
struct HingeEmbedding {
  double margin = 1;

  static constexpr BuiltIn name = "hinge_embedding";
  static constexpr std::array takes = {Takes::distance};
  static constexpr Range target_range = kSigns;
  static constexpr double first_class = -1;
  static constexpr auto options() {
    return std::array{option<&HingeEmbedding::margin>(
        "margin", kFinite, "how far apart those should be that are not alike")};
  }

  constexpr auto operator()(auto prediction, auto target) const {
    auto alike = 0.5 * (1.0 + target);
    return where(alike == 0.0, 0.0, alike * prediction) +
           where(alike == 1.0, 0.0, (1.0 - alike) * max(margin - prediction, 0.0));
  }
};

}  // namespace downhill
