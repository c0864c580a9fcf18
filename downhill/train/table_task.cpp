// What a table run chooses before it trains.
#include "downhill/train/detail/table_task.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "downhill/catalog/catalog.h"
#include "downhill/catalog/model.h"
#include "downhill/core/error.h"
#include "downhill/core/memory.h"
#include "downhill/core/shell.h"
#include "downhill/io/utf8.h"
#include "downhill/train/detail/class_prices.h"
#include "downhill/train/detail/table_data.h"
#include "downhill/train/detail/told.h"
#include "downhill/train/observers.h"

namespace downhill::detail {
namespace {

/// What was chosen, with reasons, in the order in which it is shown.
class Choices {
 public:
  explicit Choices(std::vector<Choice>& to) : to_(to) {}
  void add(std::string name, std::string value, std::string reason) {
    to_.push_back({std::move(name), std::move(value), std::move(reason)});
  }
  /// What was given, else the default.
  std::string choose(const std::string& name, const std::string& given, const std::string& fallback,
                     const std::string& reason) {
    const bool told = !given.empty();
    add(name, told ? given : fallback, told ? "as given" : reason);
    return told ? given : fallback;
  }

 private:
  std::vector<Choice>& to_;
};

// The default only where something takes it: the method, and nobody else sets the rate.
std::string choose_schedule(Choices& choices, const TableRunOptions& o, const Method& method) {
  const auto observers = observers_from(o.observers);
  const bool steered = std::any_of(observers.begin(), observers.end(),
                                   [](const ObserverPtr& each) { return each->sets_rate(); });
  const bool fits = method.takes_schedule() && !steered;
  const char* reason = fits                ? "large steps first, small ones to settle"
                       : steered           ? "an observer sets the rate"
                       : method.searches() ? "a search chooses its own steps"
                                           : "lr is a schedule itself";
  std::string chosen =
      choices.choose("schedule", o.schedule, fits ? kDefaultSchedule : kNoSchedule, reason);
  if (!o.observers.empty()) choices.add("observers", o.observers, "as given");
  if (chosen == kNoSchedule) chosen.clear();
  if (o.warmup == 0) return chosen;
  const std::string then = chosen.empty() ? "constant" : chosen;
  return fmt::format("warmup:steps={},then=({})", o.warmup, then);
}

/// A loss whose least variance, or scale, is a share of the target's.
std::string in_units_of(const std::string& text, const Loss& loss, const Tensor& target) {
  const Floor& least = loss.floor();
  if (least.power == 0 || loss.terms().size() > 1) return text;
  double mean = 0, variance = 0;
  const auto y = target.to_vector();
  for (const double v : y) mean += v / static_cast<double>(y.size());
  for (const double v : y) variance += (v - mean) * (v - mean) / static_cast<double>(y.size());
  const double spread = least.power == 2 ? variance : std::sqrt(variance);
  Spec spec = parse_spec(loss.text(), "loss");
  for (auto& [name, value] : spec.options) {
    double share = 0;
    if (name == least.option && read_option(value, share).empty())
      value = print_option(share * spread);
  }
  std::string scaled = spec.name;
  for (std::size_t i = 0; i < spec.options.size(); ++i)
    scaled += (i == 0 ? ":" : ",") + spec.options[i].first + "=" + spec.options[i].second;
  return scaled;
}

ColumnsRecord record_of(const OpenTable& open, const InputColumns& inputs,
                        const TableRunOptions& o) {
  ColumnsRecord record;
  for (const TableColumn& c : inputs.columns)
    record.columns.push_back({c.name, std::string(text_of(c.kind)),
                              c.kind == ColumnKind::left_out ? "left out" : "input", c.range(),
                              c.missing, c.sentence()});
  const bool numbers = open.column.kind == TargetColumn::Kind::numbers;
  record.columns.push_back(
      {open.column.name, numbers ? "number" : "classes", "target",
       numbers ? fmt::format("{:.6g} to {:.6g}", open.column.low, open.column.high)
               : fmt::format("{} classes", open.column.labels.size()),
       static_cast<std::int64_t>(open.column.missing.size()), open.column.sentence});
  if (!o.weight.empty())
    record.columns.push_back({o.weight, "number", "weight", "", 0, "weight of each row"});
  return record;
}

/// Link, constants and unit between outputs and predictions, from the training rows.
Head head_of(const TableTask& task, const TableRunOptions& o, const Dataset& train) {
  const Loss loss = loss_from(task.card.loss);
  const bool numbers = task.card.task == Task::numbers;
  return find_head({.loss = loss,
                    .target = train.tensor(1),
                    .weight = train.tensor(2),
                    .own = train.tensor(3),
                    .classes = static_cast<std::int64_t>(task.card.classes.size()),
                    .one_output = !numbers && one_output(task.card.task, loss),
                    .link = told<LinkFunction>("link", o.link),
                    .name = task.card.target});
}

void price_errors(TableTask& task, const TableRunOptions& o, Choices& choices) {
  if (o.cost_missed == 0) return;
  ModelCard& card = task.card;
  if (card.task != Task::two_classes)
    throw_usage("train", fmt::format("--cost-missed is for two classes; {} has {}", card.target,
                                     card.task == Task::numbers
                                         ? std::string("numbers")
                                         : fmt::format("{} classes", card.classes.size())));
  if (!tells_probabilities(loss_from(card.loss), card.task))
    throw_usage("train",
                fmt::format("--cost-missed decides by probabilities, and what a model "
                            "trained with {} says is none; expected a loss such as "
                            "cross_entropy, bce_with_logits or mse; or weigh the classes "
                            "instead: --class-weight {}={}",
                            card.loss, shell_word(card.classes[1]), decimal(o.cost_missed, 6)));
  card.threshold = 1 / (1 + o.cost_missed);
  card.price = price_of_second_class(loss_from(card.loss), card.task, card.class_weights);
  choices.add("threshold", decimal(card.threshold, 4),
              fmt::format("1 / (1 + {}): a missed {} costs {} false alarms",
                          decimal(o.cost_missed, 6), card.classes[1], decimal(o.cost_missed, 6)));
  if (card.price != 1)
    task.notes.push_back(
        fmt::format("the loss weighs {} {} times; probabilities are corrected for it",
                    card.classes[1], decimal(card.price, 6)));
}

void say_rest(TableTask& task, const TableRunOptions& o, Choices& choices, const Method& method) {
  choices.add("batch", o.batch == 0 ? "all" : std::to_string(o.batch),
              method.searches() && o.batch != 0
                  ? "as given; line searches want all rows: --batch all"
                  : "rows per step");
  choices.add("epochs", std::to_string(o.epochs), "");
  choices.add("seed", std::to_string(o.seed),
              "of the split, the first weights and the order of rows");
  const auto rows = [](const std::optional<Dataset>& part) { return part ? part->size() : 0; };
  choices.add("rows",
              fmt::format("{} train, {} validation, {} test", rows(task.train),
                          rows(task.validation), rows(task.test)),
              !o.split_by_time.empty()          ? "by time: " + o.split_by_time
              : !o.split_by_group.empty()       ? "by group: " + o.split_by_group
              : task.card.task == Task::numbers ? "split by the seed"
                                                : "split by the seed, each class by itself");
  choices.add("patience", std::to_string(o.patience),
              o.patience == 0 ? "no early stopping" : "epochs");
  const auto taken = std::ranges::count_if(task.card.inputs.columns, [](const TableColumn& c) {
    return c.kind != ColumnKind::left_out;
  });
  choices.add("inputs",
              fmt::format("{} columns as {} numbers", taken,
                          task.card.inputs.dense() +
                              static_cast<std::int64_t>(task.card.inputs.embedded().size())),
              "scaled by the training rows");
  const Head& head = task.card.head;
  choices.add("target", task.card.target,
              fmt::format("link {}; the best constant has the loss {}", text_of(head.link[0]),
                          decimal(head.constant_loss, 6)));
  if (o.patience > 0 && !task.validation)
    task.notes.push_back(
        "--patience needs validation rows; there are none, so it never stops early");
}

/// The data sets of the parts. What is no longer needed is freed at each step: a long table's numbers
/// stand in memory once.
void make_parts(TableTask& task, OpenTable& open, const TableRunOptions& o,
                std::vector<Tensor> rows) {
  ModelCard& card = task.card;
  const Tensor x = card.inputs.encode(std::move(open.table), rows);
  const Tensor target = target_of(open, card.task, card.classes);
  open.column.numbers = std::vector<double>();
  open.column.codes = std::vector<std::int64_t>();
  give_back_free_memory();
  card.class_weights = class_weights(o.class_weight, card.classes, target, rows[0]);
  const auto parts = rows_of(x, rows, target, weights_of(open, target, card.class_weights));
  task.train = parts[0];
  if (parts[1].size() > 0) task.validation = parts[1];
  if (parts[2].size() > 0) task.test = parts[2];
}

}  // namespace

std::string optimizer_spec(const TableRunOptions& o) {
  const std::string base = o.optimizer.empty() ? kDefaultOptimizer : o.optimizer;
  if (o.clip_norm == 0) return base;
  return fmt::format("clip_by_global_norm:max_norm={} | {}", print_option(o.clip_norm), base);
}

TableTask prepare_table(const TableRunOptions& o) {
  TableTask task;
  Choices choices(task.choices);
  OpenTable open = open_table(o, o.data);
  ModelCard& card = task.card;
  card.target = open.column.name;
  card.notation = open.column.notation;
  card.boolean_target = open.column.kind == TargetColumn::Kind::booleans;
  card.fingerprint = open.table.fingerprint;
  task.description = open.table.description;

  const std::optional<Loss> named =
      o.loss.empty() ? std::optional<Loss>() : std::optional(loss_from(o.loss));
  const TaskChoice kind =
      choose_task(open.column, told<Task>("task", o.task), named ? &*named : nullptr);
  card.task = kind.task;
  if (card.task != Task::numbers) {
    card.classes = ordered_classes(open.column, o.class_order);
    open.column.numbers = std::vector<double>();
  } else if (!o.class_order.empty())
    throw_usage("train", fmt::format("class_order orders classes; {}", kind.reason));
  if (const auto [one, other] = same_but_for_case(card.classes); !one.empty())
    task.notes.push_back(fmt::format(
        "the classes '{}' and '{}' of {} differ in case only, and are classes of their own", one,
        other, card.target));
  choices.add("task", text_of(card.task), kind.reason);
  card.loss = choices.choose("loss", o.loss, card.task == Task::numbers ? "mse" : "cross_entropy",
                             card.task == Task::numbers ? "numbers" : "classes");
  card.architecture =
      choices.choose("model", o.model, kDefaultModel,
                     "a small network fits most tables; linear gives one weight per column");
  if (card.task == Task::numbers) check_range(open, loss_from(card.loss));

  task.notes = open.notes;
  if (const Loss loss = loss_from(card.loss);
      takes_at(loss, 0) == Takes::log_rate && loss.name().find_first_of("()") != std::string::npos)
    task.notes.push_back(
        fmt::format("{} is least where exp(p) is the mean of {}: p is its logarithm, and exp(p) is "
                    "what is predicted and measured",
                    loss.name(), card.target));
  std::vector<Tensor> rows = split_rows(open, o, card.task, task.notes);
  open.used = UsedRows();
  give_back_free_memory();
  card.inputs = InputColumns::learn(open.table, open.excluded, input_options(o, card.architecture),
                                    rows[0].values<std::int64_t>());
  open.table.forget(open.target);
  task.notes.insert(task.notes.end(), card.inputs.notes.begin(), card.inputs.notes.end());
  card.inputs.notes.clear();
  task.columns = record_of(open, card.inputs, o);

  make_parts(task, open, o, std::move(rows));
  give_back_free_memory();
  if (card.task == Task::numbers)
    card.loss = in_units_of(card.loss, loss_from(card.loss), task.train->tensor(1));
  card.head = head_of(task, o, *task.train);

  const Method method = optimizer_from(optimizer_spec(o));
  task.optimizer = method.text();
  choices.add(
      "optimizer", task.optimizer,
      o.optimizer.empty() ? "moderate rate and decay; overfits less than plain adam" : "as given");
  task.schedule = choose_schedule(choices, o, method);
  price_errors(task, o, choices);

  read_further_parts(task, o);
  say_rest(task, o, choices, method);
  return task;
}

TableTask read_task(const TableRunOptions& options) {
  return of_the_data(options.data, [&] { return prepare_table(options); });
}

ResolvedRun resolved_run(const TableTask& task) {
  return {task.description, task.choices, task.columns.columns, task.notes};
}

Optimizer optimizer_for(const TableTask& task, const TableRunOptions& options,
                        const TableModel& model) {
  Optimizer optimizer(optimizer_from(task.optimizer), model.model.parameters());
  if (!options.no_decay.empty()) optimizer.group(options.no_decay, {{"weight_decay", "0"}});
  return optimizer;
}

}  // namespace downhill::detail
