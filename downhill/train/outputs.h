#pragma once
#include <string>
#include <vector>

#include "downhill/data/csv.h"
#include "downhill/losses/loss.h"
#include "downhill/train/loss_of.h"
#include "downhill/train/model_file.h"

namespace downhill {

/// What a loss wants of a table's target, from what it takes for a prediction.
enum class TargetKind {
  number,       ///< any number: standardised
  positive,     ///< a number above 0, in its own units
  two_classes,  ///< as 0 and 1
  classes       ///< as labels
};
TargetKind target_kind(const Loss& loss);

/// UsageError for a loss that no table of one target column can train: one that compares
/// predictions with each other, or takes boxes.
void check_takes_table(const Loss& loss);

/// How many numbers the model puts out for a task: one per class for a loss that takes class
/// logits, else one per number of an element. UsageError for a loss that does not fit
/// the task.
std::int64_t outputs_of(Task task, const Loss& loss, std::int64_t classes);

/// What predict shows of a number: output 0, softplus(output 0) for a loss that takes a positive
/// one.
Tensor predicted(const Loss& loss, const Tensor& outputs);

/// The loss of a table model's outputs: brings outputs and targets into the form that the loss
/// takes.
///
///     classes          outputs (N, C), or their log softmax; labels
///     two classes      logit: output 0; else the probability sigmoid(output 0), which is what
///                      predict shows; targets 0 or 1
///     numbers          each output, its softplus where a positive number is taken (a variance);
///                      standardised targets, or in their own units where the loss takes a
///                      positive prediction
BatchLoss table_loss(const Loss& loss, Task task, const Tensor& outputs, const Tensor& target);

/// A class as text: a label, or a whole number without a point.
std::string class_name(const CsvTable& table, std::int64_t row, int column);

}  // namespace downhill
