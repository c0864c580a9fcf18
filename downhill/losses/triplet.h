#pragma once
#include <array>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// How far two embeddings are apart.
enum class TripletDistance { norm, squared, cosine };
constexpr std::array<const char*, 3> words_of(TripletDistance) {
  return {"norm", "squared", "cosine"};
}

/// Triplet margin loss: an anchor should be nearer to its positive than to its negative.
///
///     d(a, b) = || a - b + eps ||_p        (norm; eps is added to the differences, as PyTorch does)
///     d(a, b) = || a - b ||_2^2            (squared)
///     d(a, b) = 1 - cos(a, b)              (cosine)
///     L = max(0, d(anchor, positive) - far + margin)
///     far = d(anchor, negative); with swap the smaller of it and d(positive, negative)
///
/// Shapes      anchor, positive, negative (N, D) equal; no target; one value per row.
/// Units       those of the embedding, squared for `squared`; margin likewise.
/// Numerics    of norms no square overflows: finite wherever the distances are. The cosine with a
///             vector of zeros is 0.
/// Gradient    0 at the kink, where the sum is 0; a distance of 0 has slope 0, and so has for p < 2
///             an entry in which two rows agree. Where both distances of swap are equal, that of
///             (positive, negative) counts.
/// Throws      UsageError if shapes or types differ, or options are out of range.
/// Source      Schroff et al., FaceNet, arXiv 1503.03832, equation 3 (there squared);
///             norms and swap: Balntas et al., BMVC 2016.
/// Differs     none from PyTorch's triplet_margin_loss. Optax adds eps to the sum of the powers.
struct Triplet {
  double margin = 1;
  double p = 2;
  double eps = 1e-6;
  bool swap = false;
  TripletDistance distance = TripletDistance::norm;

  static constexpr BuiltIn name = "triplet";
  static constexpr std::array<const char*, 3> predictions = {"anchor", "positive", "negative"};
  static constexpr std::array takes = {Takes::embedding, Takes::embedding, Takes::embedding};
  static constexpr auto options() {
    return std::array{
        option<&Triplet::margin>("margin", kNonNegative, "how much nearer the positive should be"),
        option<&Triplet::p>("p", kCount, "power of the norm: 1 adds differences, 2 is Euclid's"),
        option<&Triplet::eps>("eps", kNonNegative, "added to the differences of a norm"),
        option<&Triplet::swap>("swap", "the negative may lie near the positive instead"),
        option<&Triplet::distance>("distance", "how far apart: norm, squared or cosine")};
  }

  Tensor operator()(const Tensor& anchor, const Tensor& positive, const Tensor& negative) const;
};

}  // namespace downhill
