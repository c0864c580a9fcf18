#include "downhill/train/outputs.h"

#include <fmt/format.h>

#include <array>

#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/shape.h"

namespace downhill {

std::int64_t outputs_of(Task task, const std::string& loss, std::int64_t classes) {
  const std::string name = loss.substr(0, loss.find(':'));
  if (name == "cross_entropy") {
    if (task == Task::regression)
      throw UsageError(
          "[train] cross_entropy needs classes, but the target is a number; use mse or huber");
    return classes;
  }
  if (task == Task::classes)
    throw UsageError(
        fmt::format("[train] {} takes a target of two classes or a number, but there are {} "
                    "classes; use cross_entropy",
                    name, classes));
  if (name == "gaussian_nll") {
    if (task != Task::regression)
      throw UsageError(
          "[train] gaussian_nll needs a number as target; use cross_entropy for classes");
    return 2;
  }
  if ((name == "bce_with_logits" || name == "dice") && task == Task::regression)
    throw UsageError(
        fmt::format("[train] {} needs two classes, but the target is a number; use mse or "
                    "huber",
                    name));
  return 1;
}

BatchLoss table_loss(const Loss& loss, Task task, const Tensor& outputs, const Tensor& target) {
  if (loss.name() == "cross_entropy") return batch_loss(loss, {&outputs, 1}, target);
  if (loss.name() == "gaussian_nll") {
    const std::array parts = {slice(outputs, 0, 1, 1), softplus(slice(outputs, 1, 2, 1))};
    return batch_loss(loss, parts, target);
  }
  if (task == Task::regression) return batch_loss(loss, {&outputs, 1}, target);
  const Tensor flat = outputs.reshape({outputs.size(0)}), y = target.to(outputs.type());
  const Tensor head = loss.name() == "bce_with_logits" ? flat : sigmoid(flat);
  return batch_loss(loss, {&head, 1}, y);
}

std::string class_name(const CsvTable& table, std::int64_t row, int column) {
  const double value = table.numbers.data<double>()[row * table.numbers.size(1) + column];
  if (const auto labels = table.classes.find(column); labels != table.classes.end())
    return labels->second[static_cast<std::size_t>(value)];
  return print_option(value);
}

}  // namespace downhill
