#include "downhill/train/detail/model_card.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/io/json_fields.h"
#include "downhill/io/json_writer.h"

namespace downhill::detail {
namespace {

constexpr JsonLimits kLimits{.bytes = std::size_t{64} << 20};
constexpr Task kTasks[] = {Task::regression, Task::binary, Task::classes};

const char* name_of(Task task) {
  return task == Task::regression ? "regression" : task == Task::binary ? "binary" : "classes";
}

Task task_from(const std::string& name) {
  for (const Task task : kTasks)
    if (name == name_of(task)) return task;
  throw_value("task", fmt::format("is {}; expected regression, binary or classes", excerpt(name)));
}

void visit_parts(auto& v, auto& card) {
  v.needed("architecture", card.architecture);
  v.needed("loss", card.loss);
  v.needed("columns", card.columns);
  v.needed("mean", card.mean);
  v.needed("deviation", card.deviation);
  v.needed("target", card.target);
  v.needed("target_mean", card.target_mean);
  v.needed("target_deviation", card.target_deviation);
  v.needed("classes", card.classes);
  v.needed("training", card.training);
}

void check(const ModelCard& card) {
  const auto finite = [](double x) { return std::isfinite(x); };
  const auto positive = [](double x) { return std::isfinite(x) && x > 0; };
  if (card.columns.empty() || card.mean.size() != card.columns.size() ||
      card.deviation.size() != card.columns.size())
    throw_value("columns, mean and deviation", "must be equally long and not empty");
  if (!std::ranges::all_of(card.mean, finite) || !finite(card.target_mean) ||
      !std::ranges::all_of(card.deviation, positive) || !positive(card.target_deviation))
    throw_value("a mean or deviation", "is not finite, or a deviation is not positive");
  if ((card.task != Task::regression) != (card.classes.size() >= 2))
    throw_value("the number of classes", "does not fit the task");
}

}  // namespace

std::string card_text(const ModelCard& card) {
  JsonWriter json;
  json.begin_object();
  json.member("task", name_of(card.task));
  visit_parts(json, card);
  json.end_object();
  return json.take();
}

ModelCard card_from(std::string_view text) {
  const JsonDocument document = JsonDocument::parse(text, kLimits);
  JsonFields fields(document.root(), "the card");
  std::string task;
  fields.needed("task", task);
  ModelCard card;
  card.task = task_from(task);
  visit_parts(fields, card);
  check(card);
  return card;
}

}  // namespace downhill::detail
