#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "downhill/optim/optimizer.h"
#include "downhill/train/loss_of.h"

namespace downhill {

/// One thing that is looked at before a run begins.
struct TrainingCheck {
  std::string name = {};            ///< "first_loss"
  std::optional<bool> passed = {};  ///< absent where it does not apply
  double figure = 0, limit = 0;     ///< what was found, and what it is held against
  std::string text = {};            ///< one sentence with the figures
};

struct CheckOptions {
  std::int64_t rows = 16;    ///< of the batch that is learnt by heart
  std::int64_t steps = 200;  ///< of Adam on these rows, at `lr`
  double lr = 0.01;
  /// The loss is so many times what `loss_of` returns; figures are in the loss's own units.
  double unit = 1;

  static constexpr auto options() {
    using C = CheckOptions;
    return std::array{
        option<&C::rows>("rows", kCount, "rows that are learnt by heart"),
        option<&C::steps>("steps", kCount, "steps on these rows"),
        option<&C::lr>("lr", kPositive, "rate of these steps (adam)"),
        option<&C::unit>("unit", kPositive, "the loss is so many times what is minimised")};
  }
};

/// What can be known to be wrong before the first step. On the first `rows` rows of the batch:
///
/// - first_loss: the loss at the start, over that of the best constant, is at most 3 (Karpathy, A recipe
///   for training neural networks: log C at the start). The constant's is what the model comes to on inputs
///   that are all 0; where it is not positive, or all targets are the same, the check does not apply.
/// - overfits_batch: the loss after `steps` steps is at most half of the constant's, or the gradient a tenth
///   of the first (a loss may have a floor above 0) and the loss below the constant's (TheDeepChecker,
///   TOSEM 2022). It does not apply to a model with fewer than four numbers per target.
/// - zero_input_worse: it is below the constant's, by 2 % of the larger of both (CS231n, TheDeepChecker).
/// - all_in_optimizer: the optimizer holds every tensor of the model that requires a gradient, and the loss
///   depends on no other (a layer that was not given to `add`).
/// - all_move: one step of the optimizer changes each of its tensors whose gradient is not 0; of three
///   steps one, as a rate may begin at 0 (TrainCheck, OSDI 2025).
/// - evaluation_keeps_weights: a loss in evaluation mode changes no bit of parameters and buffers.
/// - modes_agree: where the loss in training mode is the same twice, it is that of evaluation mode to 1e-4 of
///   itself; else (dropout) the mean of eight differs by at most half.
///
/// Model, optimizer, gradients, buffers (random states among them) and mode are afterwards what they were,
/// bit for bit, also when `loss_of` throws. UsageError for an empty batch or options out of range. A loss
/// that is not finite fails the checks that need it.
std::vector<TrainingCheck> check_training(nn::Module& model, Optimizer& optimizer,
                                          const LossOf& loss_of, const Batch& batch,
                                          const CheckOptions& options = {});

/// Whether the check costs less than a fiftieth of a run of so many steps on so many rows in all.
bool check_is_cheap(std::int64_t steps, std::int64_t rows, const CheckOptions& options = {});

/// No check failed.
bool all_passed(std::span<const TrainingCheck> checks);

}  // namespace downhill
