#pragma once
#include <array>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Supervised contrastive loss: rows of one class should lie together, apart from all others.
///
///     z_i = f_i / ||f_i||,    P(i) = the other rows with the label of row i
///     L_i = -1 / |P(i)| sum_(p in P(i)) log(e^(z_i z_p / T) / sum_(a != i) e^(z_i z_a / T))
///
/// Shapes      features (N, D), labels (N) int64, any numbers; one value per row.
/// Units       nats; temperature T has none.
/// Gradient    smooth but at features of 0, whose direction has slope 0. A row whose label no other
///             row has costs 0.
/// Throws      UsageError if shapes or types do not fit, or temperature <= 0.
/// Source      Khosla et al., Supervised Contrastive Learning, arXiv 2004.11362, equation 2 (L_out).
/// Differs     PyTorch has none. The authors' code expects normalised features and multiplies by
///             T / T_base (with its defaults: 1).
struct SupCon {
  double temperature = 0.1;

  static constexpr BuiltIn name = "sup_con";
  static constexpr std::array<const char*, 1> predictions = {"features"};
  static constexpr std::array<const char*, 1> targets = {"labels"};
  static constexpr std::array takes = {Takes::embedding};
  static constexpr auto options() {
    return std::array{
        option<&SupCon::temperature>("temperature", kPositive, "small: the nearest rows decide")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& features, const Tensor& labels) const;
};

}  // namespace downhill
