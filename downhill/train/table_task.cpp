#include "downhill/train/detail/table_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "downhill/catalog/catalog.h"
#include "downhill/catalog/model.h"
#include "downhill/core/error.h"
#include "downhill/data/batches.h"
#include "downhill/data/standardisation.h"
#include "downhill/train/observers.h"
#include "downhill/train/outputs.h"

namespace downhill::detail {
namespace {

constexpr std::int64_t kMostClasses = 20;  // whole numbers with at most so many values are classes

/// What the target column holds.
struct Target {
  Task task;
  std::vector<std::string> classes;
  std::string reason;
};

double number(const CsvTable& table, std::int64_t row, int column) {
  return table.numbers.data<double>()[row * table.numbers.size(1) + column];
}

Target look_at_target(const CsvTable& table, int column, const std::string& name) {
  std::set<double> values;
  bool whole = true;
  for (std::int64_t i = 0; i < table.rows && (values.size() <= kMostClasses || whole); ++i) {
    const double v = number(table, i, column);
    whole = whole && v == std::floor(v) && std::abs(v) < 1e9;
    values.insert(v);
  }
  const bool text = table.classes.contains(column);
  const auto count = static_cast<std::int64_t>(values.size());
  if (count < 2)
    throw DataError(
        fmt::format("[train] the target {} has one value only; there is nothing to learn", name));
  if (!text && (!whole || count > kMostClasses))
    return {Task::regression,
            {},
            whole
                ? fmt::format("{} holds whole numbers with more than {} values", name, kMostClasses)
                : fmt::format("{} holds numbers with a fraction", name)};
  Target target{count == 2 ? Task::binary : Task::classes,
                {},
                fmt::format("{} holds {} {}", name, count, text ? "labels" : "whole numbers")};
  if (text) target.classes = table.classes.at(column);
  else
    for (const double v : values) target.classes.push_back(print_option(v));
  return target;
}

// The task that a loss implies where the column allows several: whole numbers can be a quantity.
Task task_for(const Target& target, const Loss& loss, bool text) {
  if (target.task == Task::regression) return Task::regression;
  const TargetKind kind = target_kind(loss);
  if (kind == TargetKind::classes) return Task::classes;
  const bool binary = kind == TargetKind::two_classes;
  if (binary && target.task == Task::binary) return Task::binary;
  if (!text && !binary) return Task::regression;
  return target.task;
}

std::string default_loss(Task task) { return task == Task::regression ? "mse" : "cross_entropy"; }

void choose(std::vector<Choice>& choices, const std::string& name, const std::string& given,
            std::string& value, const std::string& fallback, const std::string& reason) {
  value = given.empty() ? fallback : given;
  choices.push_back({name, value, given.empty() ? reason : "as given"});
}

// The default only where something takes it: the method, and nobody else sets the rate.
void choose_schedule(TableTask& task, const TableRunOptions& o, const Method& method) {
  const auto observers = observers_from(o.observers);
  const bool steered = std::any_of(observers.begin(), observers.end(),
                                   [](const ObserverPtr& each) { return each->sets_rate(); });
  const bool fits = method.takes_schedule() && !steered;
  const char* reason = fits                ? "large steps first, small ones to settle"
                       : steered           ? "an observer sets the rate"
                       : method.searches() ? "a search chooses its own steps"
                                           : "lr is a schedule itself";
  std::string chosen;
  choose(task.choices, "schedule", o.schedule, chosen, fits ? kDefaultSchedule : kNoSchedule,
         reason);
  if (chosen != kNoSchedule) task.schedule = chosen;
  if (!o.observers.empty()) task.choices.push_back({"observers", o.observers, "as given"});
}

void check_positive(const Tensor& goal, const ModelCard& card) {
  for (std::int64_t i = 0; i < goal.elements(); ++i)
    if (goal.at(i) < 0)
      throw DataError(fmt::format("[train] {} takes numbers of at least 0, but row {} of {} is {}",
                                  card.loss, i + 1, card.target, decimal(goal.at(i), 6)));
}

void standardise(TableTask& task, const std::vector<int>& columns, int target) {
  const auto width = static_cast<std::int64_t>(columns.size());
  Tensor inputs = Tensor::empty({task.table.rows, width}, Type::f64);
  Tensor goal = Tensor::empty({task.table.rows, 1}, Type::f64);
  for (std::int64_t i = 0; i < task.table.rows; ++i) {
    for (std::int64_t j = 0; j < width; ++j)
      inputs.data<double>()[i * width + j] =
          number(task.table, i, columns[static_cast<std::size_t>(j)]);
    goal.data<double>()[i] = number(task.table, i, target);
  }
  const auto learned = Standardisation::learn(inputs, task.train_rows);
  task.card.mean = learned.mean;
  task.card.deviation = learned.deviation;
  if (task.card.task != Task::regression) return;
  if (target_kind(loss_from(task.card.loss)) == TargetKind::positive) {
    check_positive(goal, task.card);
    return;  // in its own units
  }
  const auto scale = Standardisation::learn(goal, task.train_rows);
  task.card.target_mean = scale.mean[0];
  task.card.target_deviation = scale.deviation[0];
}

void split_rows(TableTask& task, const TableRunOptions& o) {
  const std::array<double, 3> shares = {1 - o.validation - o.test, o.validation, o.test};
  const auto parts = split(task.table.rows, shares, o.seed);
  task.train_rows = parts[0];
  task.validation_rows = parts[1];
  task.test_rows = parts[2];
  if (task.train_rows.elements() < 2)
    throw DataError(fmt::format(
        "[train] {} rows leave fewer than 2 for training; at least 2 are needed", task.table.rows));
}

TableTask read(const TableRunOptions& o) {
  TableTask task;
  CsvOptions csv;
  csv.text_columns = {o.target};
  task.table = read_csv(o.data, csv);
  const int target = find_column(task.table, o.target);
  task.card.target = task.table.names[static_cast<std::size_t>(target)];
  if (task.table.names.size() < 2)
    throw DataError("[train] the data has no column beside the target");
  split_rows(task, o);
  return task;
}

}  // namespace

void check_table_options(const TableRunOptions& o) {
  if (o.target.empty())
    throw_usage("train", "target is missing: name a column, or its number from 1");
  if (!o.loss.empty()) check_takes_table(loss_from(o.loss));
  const Method method = optimizer_from(o.optimizer.empty() ? kDefaultOptimizer : o.optimizer);
  if (!o.schedule.empty() && o.schedule != kNoSchedule) {
    schedule_from(o.schedule);
    check_takes_schedule(method);
  }
  observers_from(o.observers);
  if (!o.model.empty()) model_from(o.model, 1, 1, 0);
  check_options("train", o);
  if (o.validation + o.test >= 1)
    throw_usage("train", fmt::format("validation + test = {} leaves no rows for training",
                                     o.validation + o.test));
}

TableTask prepare_table(const TableRunOptions& o) {
  TableTask task = read(o);
  const int target = find_column(task.table, o.target);
  const bool text = task.table.classes.contains(target);
  const Target kind = look_at_target(task.table, target, task.card.target);
  const Task natural = kind.task == Task::binary ? Task::classes : kind.task;
  choose(task.choices, "loss", o.loss, task.card.loss, default_loss(natural), kind.reason);
  task.card.task = o.loss.empty() ? natural : task_for(kind, loss_from(o.loss), text);
  if (task.card.task != Task::regression) task.card.classes = kind.classes;
  choose(task.choices, "model", o.model, task.card.architecture, kDefaultModel,
         "a small network fits most tables; linear gives one weight per column");
  task.card.outputs();  // refuses a loss that does not fit the target

  std::vector<int> columns;
  for (int i = 0; i < static_cast<int>(task.table.names.size()); ++i) {
    if (i == target) continue;
    columns.push_back(i);
    task.card.columns.push_back(task.table.names[static_cast<std::size_t>(i)]);
  }
  standardise(task, columns, target);

  const Method method = optimizer_from(o.optimizer.empty() ? kDefaultOptimizer : o.optimizer);
  task.choices.push_back({"optimizer", method.text(),
                          o.optimizer.empty()
                              ? "moderate rate and decay; overfits less than plain adam"
                              : "as given"});
  choose_schedule(task, o, method);
  const auto add = [&](const std::string& name, const std::string& text_value,
                       const std::string& why) {
    task.choices.push_back({name, text_value, why});
  };
  add("batch", o.batch == 0 ? "all" : std::to_string(o.batch),
      method.searches() && o.batch != 0 ? "as given; line searches want all rows: --batch all"
                                        : "rows per step");
  add("epochs", std::to_string(o.epochs), "");
  add("seed", std::to_string(o.seed), "of the split, the first weights and the order of rows");
  add("rows",
      fmt::format("{} train, {} validation, {} test", task.train_rows.elements(),
                  task.validation_rows.elements(), task.test_rows.elements()),
      "split by the seed");
  add("patience", std::to_string(o.patience), o.patience == 0 ? "no early stopping" : "epochs");
  add("inputs", fmt::format("{} columns", columns.size()), "standardised by the training rows");
  add("target", task.card.target, "");
  return task;
}

TableTask reopen_table(const TableRunOptions& o, const ModelCard& card) {
  TableTask task = read(o);
  task.card = card;
  return task;
}

}  // namespace downhill::detail
