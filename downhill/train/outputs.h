#pragma once
#include <string>
#include <vector>

#include "downhill/data/csv.h"
#include "downhill/losses/loss.h"
#include "downhill/train/loss_of.h"
#include "downhill/train/model_file.h"

namespace downhill {

/// How many numbers the model puts out for a task and loss (spec): one per class for cross_entropy,
/// mean and variance for gaussian_nll, else one.
std::int64_t outputs_of(Task task, const std::string& loss, std::int64_t classes);

/// The loss of a table model's outputs: brings outputs and targets into the form that the loss
/// wants.
///
///     cross_entropy        outputs (N, C), labels
///     gaussian_nll         mean = output 0, variance = softplus(output 1)
///     bce_with_logits      output 0, targets 0 or 1
///     dice                 the probability sigmoid(output 0), targets 0 or 1, one region
///     others on 2 classes  the same probability: what predict shows is what the loss saw
///     others on numbers    output 0, standardised targets
BatchLoss table_loss(const Loss& loss, Task task, const Tensor& outputs, const Tensor& target);

/// A class as text: a label, or a whole number without a point.
std::string class_name(const CsvTable& table, std::int64_t row, int column);

}  // namespace downhill
