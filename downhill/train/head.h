#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "downhill/losses/loss.h"

namespace downhill {

/// How an output becomes a prediction.
///
///     none        c + s z
///     exp         exp(c + s z)
///     sigmoid     1 / (1 + exp(-(c + s z)))
///     softplus    c log(1 + exp(log(e - 1) + s z)), which is c at z = 0
enum class LinkFunction { none, exp, sigmoid, softplus };
constexpr std::array<const char*, 4> words_of(LinkFunction) {
  return {"none", "exp", "sigmoid", "softplus"};
}

/// What stands between a network's outputs z and the predictions that a loss takes, so that the
/// target keeps its own units whatever the loss: outputs near 0 and of size 1 are predictions
/// near the best constant and of the target's spread.
struct Head {
  std::vector<LinkFunction> link;  ///< of each output
  std::vector<double> c, s;        ///< of each output; z = 0 is the best constant
  double k = 1;  ///< what is minimised is the loss divided by this: rates mean the same in
                 ///< every unit
  double constant_loss = 0;  ///< the mean loss of the best constant
  /// Of classes: the share of each in the rows, by the rows' own weights, whatever the loss weighs.
  std::vector<double> shares = {};

  std::size_t size() const { return c.size(); }
  /// Predictions (rows, size) in float64 of outputs (rows, size), differentiable.
  Tensor operator()(const Tensor& outputs) const;
};

/// What a head is found for.
struct HeadQuestion {
  Loss loss;
  Tensor target;                          ///< (rows) float64, or int64 labels
  Tensor weight = {};                     ///< (rows) float64, or undefined: in the loss
  Tensor own = {};                        ///< ... of classes: without the factors of classes
  std::int64_t classes = 0;               ///< of labels; 0: the target is a number
  bool one_output = false;                ///< two classes by the probability of the second
  std::optional<LinkFunction> link = {};  ///< told by the user
  std::string name = "the target";        ///< for messages
};

/// Finds c, s and k. Numbers: c has the least mean loss (weighted, in float64) over constants: the
/// best of 33 quantiles of the target, a bracket, golden section, Newton's steps; several outputs in
/// turn, three rounds; two that depend on each other (location and scale, say) begin at the best
/// pair of coarse candidates and end with damped Newton steps in both. s is the spread of the
/// loss's slopes over its mean curvature at c, or the spread of the target where the loss has no
/// curvature there. k is the mean curvature in z, or the mean slope. Classes: the logarithms of
/// smoothed shares, s = 1 and k = 1. docs/training.md has every rule. DataError where the loss has
/// no minimum over constants, is nowhere finite, or does not move at all over the target's spread.
Head find_head(const HeadQuestion& question);

/// The loss's predictions from the head's: all in one tensor, or one tensor for each that the loss
/// names.
std::vector<Tensor> predictions_for(const Loss& loss, const Tensor& columns);
/// The target as the loss takes it beside `columns`: (rows, 1), or its number once per column where
/// the loss has an entry for each (several quantiles).
Tensor target_for(const Loss& loss, const Tensor& target, std::int64_t columns);

/// How many outputs a number as target needs.
std::int64_t outputs_for_number(const Loss& loss);
/// What the output's prediction must be.
Takes takes_at(const Loss& loss, std::size_t output);

}  // namespace downhill
