#pragma once
#include <array>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/from.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Lovasz loss: intersection over union of one region, made convex in the pixels' errors, so that
/// what is lowered is the measure itself.
///
///     e_i = max(0, 1 - x_i (2 y_i - 1)) of logits (Lovasz hinge), |y_i - p_i| of probabilities
///     L = sum_k e_(k) (J_k - J_(k-1))        e_(1) >= e_(2) >= ...
///
/// with J_k the Jaccard loss if exactly the k pixels of the largest errors are wrong.
///
/// Shapes      prediction (N, ...) logits or probabilities, as `from` says; target (N, ...) of the
///             same type and shape, 0 or 1. One value per image: all its pixels are one region.
/// Units       none.
/// Gradient    that of the errors, the order held; equal errors stand in the order given. 0 at a
///             hinge's kink.
/// Throws      UsageError if shapes or types differ, a target is not 0 or 1, or `from` is
///             class_logits.
/// Source      Berman, Triki and Blaschko, arXiv 1705.08790, equations 8, 9 and 12; algorithm 1.
/// Differs     Kornia's and segmentation_models_pytorch's Lovasz hinge is the same of one image at a
///             time (per_image). Their Lovasz softmax is the mean of this, from = probability, over
///             the classes.
struct Lovasz {
  From from = From::logit;

  static constexpr BuiltIn name = "lovasz";
  static constexpr std::array<const char*, 1> predictions = {"prediction"};
  static constexpr std::array<const char*, 1> targets = {"target"};
  static constexpr Range target_range = kUnit;
  std::array<Takes, 1> takes() const { return {takes_of(from)}; }
  static constexpr auto options() {
    return std::array{
        option<&Lovasz::from>("from", "what the prediction is: logit or probability")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& prediction, const Tensor& target) const;
};

}  // namespace downhill
