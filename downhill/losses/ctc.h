#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "downhill/core/options.h"
#include "downhill/losses/takes.h"
#include "downhill/tensor/tensor.h"

namespace downhill {

/// Connectionist temporal classification: the probability of a sequence of labels, over all ways to
/// spread it over the frames, with repeats and blanks between.
///
///     L = -log sum over paths of prod_t p_t(path_t)
///
/// over the paths of `frames` labels that give the sequence once repeats are merged and blanks left
/// out.
///
/// Shapes      log_probabilities (N, T, C); sequence (N, S) int64, labels in [0, C) other than
///             `blank`, padded at the end with negative numbers; frames (N) int64, how many of the T
///             count. One value per sequence.
/// Units       nats.
/// Gradient    minus the probability that a path stands on the class in that frame; smooth.
/// Numerics    in logarithms and float64 throughout, forwards and backwards over the frames. A sequence that does not fit into its frames costs infinity
///             with gradient 0; with zero_infinity it costs 0.
/// Throws      UsageError if shapes or types do not fit, a label is outside [0, C) or the blank, a
///             label stands behind padding, or frames are outside [0, T].
/// Source      Graves et al., Connectionist temporal classification, ICML 2006, equations 5 to 8.
/// Differs     PyTorch's ctc_loss has (T, N, C), its mean divides each loss by the length of its
///             sequence first, and its gradient by log probabilities is exp(log p) less the posterior
///             (that by the logits).
struct CTC {
  std::int64_t blank = 0;
  bool zero_infinity = false;

  static constexpr BuiltIn name = "ctc";
  static constexpr std::array<const char*, 1> predictions = {"log_probabilities"};
  static constexpr std::array<const char*, 2> targets = {"sequence", "frames"};
  static constexpr std::array takes = {Takes::class_log_probabilities};
  static constexpr auto options() {
    return std::array{
        option<&CTC::blank>("blank", kNonNegative, "the class that stands for no label"),
        option<&CTC::zero_infinity>("zero_infinity", "what does not fit costs 0, not infinity")};
  }

  void check(std::span<const Tensor> predictions_given,
             std::span<const Tensor> targets_given) const;
  Tensor operator()(const Tensor& log_probabilities, const Tensor& sequence,
                    const Tensor& frames) const;
};

}  // namespace downhill
