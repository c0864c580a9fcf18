#include "downhill/train/outputs.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"

namespace downhill {
namespace {

bool any_of(const Loss& loss, std::initializer_list<Takes> wanted) {
  return std::ranges::any_of(loss.takes(), [&](Takes t) {
    return std::find(wanted.begin(), wanted.end(), t) != wanted.end();
  });
}

// What the k-th number of an element must be.
Takes takes_at(const Loss& loss, std::size_t k) {
  return loss.takes()[std::min(k, loss.takes().size() - 1)];
}

Tensor head(const Tensor& x, Takes takes) {
  if (takes == Takes::positive) return softplus(x);
  if (takes == Takes::probability) return sigmoid(x);
  return x;
}

}  // namespace

TargetKind target_kind(const Loss& loss) {
  if (any_of(loss, {Takes::class_logits, Takes::class_log_probabilities}))
    return TargetKind::classes;
  if (any_of(loss, {Takes::logit, Takes::probability})) return TargetKind::two_classes;
  if (takes_at(loss, 0) == Takes::positive) return TargetKind::positive;
  return TargetKind::number;
}

void check_takes_table(const Loss& loss) {
  if (!loss.has_target() || any_of(loss, {Takes::embedding}))
    throw_usage("train",
                loss.name() + " compares predictions with each other; a table has a target");
  if (any_of(loss, {Takes::box}))
    throw_usage("train", loss.name() + " takes boxes; a table's target is one column");
}

std::int64_t outputs_of(Task task, const Loss& loss, std::int64_t classes) {
  const TargetKind kind = target_kind(loss);
  if (kind == TargetKind::classes) {
    if (task == Task::regression)
      throw_usage("train", loss.name() +
                               " needs classes, but the target is a number; use mse or "
                               "huber");
    return classes;
  }
  if (task == Task::classes)
    throw_usage("train",
                fmt::format("{} takes a target of two classes or a number, but there are {} "
                            "classes; use cross_entropy",
                            loss.name(), classes));
  if (kind == TargetKind::two_classes && task == Task::regression)
    throw_usage("train", loss.name() +
                             " needs two classes, but the target is a number; use mse or "
                             "huber");
  const std::int64_t width = std::max(loss.predictions(), loss.columns());
  if (task == Task::binary && (width > 1 || kind == TargetKind::positive))
    throw_usage("train", loss.name() + " needs a number as target; use cross_entropy for classes");
  return width;
}

Tensor predicted(const Loss& loss, const Tensor& outputs) {
  return head(slice(outputs, 0, 1, 1), takes_at(loss, 0));
}

BatchLoss table_loss(const Loss& loss, Task task, const Tensor& outputs, const Tensor& target) {
  if (target_kind(loss) == TargetKind::classes) {
    const bool logarithms = any_of(loss, {Takes::class_log_probabilities});
    const Tensor rows = logarithms ? log_softmax(outputs) : outputs;
    return batch_loss(loss, {&rows, 1}, target);
  }
  if (task == Task::binary) {
    const Tensor flat = outputs.reshape({outputs.size(0)}), y = target.to(outputs.type());
    const Tensor one = any_of(loss, {Takes::logit}) ? flat : sigmoid(flat);
    return batch_loss(loss, {&one, 1}, y);
  }
  std::vector<Tensor> parts;
  for (std::int64_t k = 0; k < outputs.size(1); ++k)
    parts.push_back(head(slice(outputs, k, k + 1, 1), takes_at(loss, static_cast<std::size_t>(k))));
  if (loss.predictions() == 1 && parts.size() > 1) parts = {concat(parts, 1)};
  return batch_loss(loss, parts, target);
}

std::string class_name(const CsvTable& table, std::int64_t row, int column) {
  const double value = table.numbers.data<double>()[row * table.numbers.size(1) + column];
  if (const auto labels = table.classes.find(column); labels != table.classes.end())
    return labels->second[static_cast<std::size_t>(value)];
  return print_option(value);
}

}  // namespace downhill
