#include "downhill/train/advise.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "downhill/core/error.h"
#include "downhill/core/random.h"
#include "downhill/io/utf8.h"
#include "downhill/train/detail/advise_table.h"
#include "downhill/train/detail/table_data.h"
#include "downhill/train/detail/table_task.h"

namespace downhill {
namespace {

using detail::ClassFacts;
using detail::Findings;
using detail::OpenTable;
using detail::QuickRows;

constexpr std::int64_t kFewest = 20, kMostClasses = 20;

/// The table, what its target may be, and the rows that are asked.
struct Question {
  OpenTable open;
  Task task = Task::numbers;
  bool either = false;  ///< whole numbers that may be classes
  std::vector<std::string> classes;
  Tensor x, weight;  ///< of the asked rows
  Tensor rows;       ///< which of the table
  std::vector<Tensor> folds;
};

std::optional<Task> told_task(const std::string& word) {
  if (word.empty()) return {};
  Task task{};
  const std::string expected = read_option(word, task);
  if (!expected.empty())
    throw_usage("advise", fmt::format("--task {} is no task; expected {}", word, expected));
  return task;
}

/// What prices and metric are for, else what is told.
std::optional<Task> implied_task(const TableRunOptions& run, const AdviseOptions& o) {
  if (run.cost_missed > 0 || o.cost_false_alarm > 0) return Task::two_classes;
  if (o.cost_under > 0 || o.cost_over > 0 || detail::is_number_metric(o.metric))
    return Task::numbers;
  const auto told = told_task(run.task);
  return told || o.metric.empty() ? told : Task::classes;
}

// Few whole numbers in a row are counts, or classes in an order: what is likelier decides.
bool may_be_either(const TargetColumn& c) {
  return c.kind == TargetColumn::Kind::numbers && c.whole && c.distinct >= 3 &&
         c.distinct <= kMostClasses && (c.low == 0 || c.low == 1) &&
         c.high - c.low == static_cast<double>(c.distinct - 1) && c.least_rows >= 3;
}

/// A part of the used rows, in their order.
std::vector<std::int64_t> drawn(std::vector<std::int64_t> used, std::int64_t most,
                                std::uint64_t seed) {
  if (static_cast<std::int64_t>(used.size()) <= most) return used;
  Random random(seed, 0xadf15e);
  for (std::int64_t i = 0; i < most; ++i) {
    const auto at = static_cast<std::size_t>(i);
    std::swap(used[at], used[at + random.below(used.size() - at)]);
  }
  used.resize(static_cast<std::size_t>(most));
  std::ranges::sort(used);
  return used;
}

// Folds follow groups and time as the parts of a run do.
std::vector<Tensor> folds_of(const OpenTable& open, const TableRunOptions& run, Task task,
                             std::int64_t folds) {
  const std::vector<double> shares(static_cast<std::size_t>(folds), 1 / static_cast<double>(folds));
  std::vector<Tensor> all = detail::parts_of(open, run, task, shares).rows;
  std::erase_if(all, [](const Tensor& fold) { return fold.elements() == 0; });
  if (all.size() < 2) throw DataError("[advise] the rows cannot be cut into folds");
  return all;
}

Question read(const TableRunOptions& run, const AdviseOptions& o) {
  Question q;
  q.open = detail::open_table(run, run.data);
  TargetColumn& column = q.open.column;
  const std::optional<Task> told = implied_task(run, o);
  if (told == Task::numbers && column.kind != TargetColumn::Kind::numbers)
    throw DataError(
        fmt::format("[advise] {} is for numbers, and the target {} holds words ({})",
                    o.metric.empty() ? "a cost under or over" : "the metric " + o.metric,
                    column.name, column.labels.empty() ? "" : excerpt(column.labels[0])));
  q.either = !told && may_be_either(column);
  if (q.either) column.become_classes();
  else q.task = choose_task(column, told, nullptr).task;
  if (q.task != Task::numbers || q.either)
    q.classes = detail::ordered_classes(column, run.class_order);
  if (q.open.used.size() < kFewest)
    throw DataError(
        fmt::format("[advise] {} rows are too few to compare losses; at least {} are "
                    "needed",
                    q.open.used.size(), kFewest));
  const std::vector<std::int64_t> used = drawn(q.open.used.list(), o.most_rows, run.seed);
  q.open.used = detail::UsedRows(used);
  q.folds = folds_of(q.open, run, q.either ? Task::numbers : q.task, o.folds);
  q.rows = Tensor::from(used);
  const InputColumns inputs = InputColumns::learn(q.open.table, q.open.excluded,
                                                  detail::input_options(run, "linear"), used);
  q.open.table.forget(q.open.target);
  q.x = inputs.encode(std::move(q.open.table), {q.rows});
  if (!q.open.weight.empty()) {
    std::vector<double> weight;
    for (const std::int64_t row : used)
      weight.push_back(q.open.weight[static_cast<std::size_t>(row)]);
    q.weight = Tensor::from(weight);
  }
  return q;
}

Tensor target_of(const Question& q, Task task) {
  const Tensor all = detail::target_of(q.open, task, q.classes);
  return Dataset(all, all).batch(q.rows).target;
}

NamedNumbers facts_of(const detail::TargetFacts& f) {
  return {{"rows", static_cast<double>(f.rows)},
          {"low", f.low},
          {"high", f.high},
          {"mean", f.mean},
          {"variance", f.variance},
          {"skewness", f.skewness},
          {"excess_kurtosis", f.kurtosis},
          {"zeros", f.zeros},
          {"whole", f.whole ? 1.0 : 0.0}};
}

NamedNumbers facts_of(const ClassFacts& f, std::int64_t rows) {
  NamedNumbers facts = {{"rows", static_cast<double>(rows)},
                        {"classes", static_cast<double>(f.size())},
                        {"ordered", f.place.empty() ? 0.0 : 1.0}};
  for (std::size_t c = 0; c < f.size(); ++c)
    facts.emplace_back("share of " + f.names[c], f.share(c));
  return facts;
}

bool is_class_loss(const detail::Candidate& c) { return !c.probabilities.empty(); }

void finish(Advice& advice, const Findings& found, const TableRunOptions& run,
            const std::function<NamedNumbers(const detail::Candidate&)>& metrics) {
  advice.measure = found.measure.name == "log-likelihood" ? "log_likelihood" : found.measure.name;
  advice.higher_is_better = found.measure.higher_is_better;
  advice.proposals = found.proposals;
  for (Proposal& p : advice.proposals) {
    const auto from = std::ranges::find(found.candidates, p.loss, &detail::Candidate::loss);
    p.metrics = metrics(*from);
    p.command = detail::train_command(run, p.loss, from->further);
  }
}

Advice answer(Question& q, const TableRunOptions& run, const AdviseOptions& o) {
  Advice advice;
  advice.notes = q.open.notes;
  std::optional<QuickRows> numbers, classes;
  std::optional<detail::TargetFacts> facts;
  std::optional<ClassFacts> class_facts;
  if (q.task == Task::numbers || q.either) {
    const Tensor y = target_of(q, Task::numbers);
    numbers.emplace(q.x, y, q.weight, q.folds);
    facts = detail::facts_of(y.to_vector());
    if (!(facts->variance > 0))
      throw DataError("[advise] the target does not vary in the rows that are asked");
    if (facts->positive_but_for_zeros())
      advice.notes.push_back(fmt::format(
          "{} % of {} are exactly 0: families of positive numbers (gamma_nll, log_normal_nll, "
          "weibull_nll, beta_nll) are not compared; where these rows are another matter, leave "
          "them out",
          decimal(100 * facts->zeros, 2), q.open.column.name));
  }
  if (q.task != Task::numbers || q.either) {
    const Tensor labels = target_of(q, Task::classes);
    classes.emplace(q.x, labels, q.weight, q.folds);
    class_facts = detail::class_facts(q.classes, labels, classes->weight());
    if (!run.class_order.empty()) {
      class_facts->place.resize(q.classes.size());
      std::iota(class_facts->place.begin(), class_facts->place.end(), 0);
    }
  }
  const auto metrics = [&](const detail::Candidate& c) {
    return is_class_loss(c) ? detail::held_out_class_metrics(c, *classes, *class_facts)
                            : detail::number_metrics(c, *numbers);
  };
  const Findings found = q.either ? detail::advise_either(*numbers, *facts, *classes, *class_facts)
                         : numbers
                             ? detail::advise_numbers(*numbers, *facts, o)
                             : detail::advise_classes(*classes, *class_facts, o, run.cost_missed);
  finish(advice, found, run, metrics);
  advice.task = q.task;
  if (q.either) {
    const auto first =
        std::ranges::find(found.candidates, advice.proposals[0].loss, &detail::Candidate::loss);
    advice.task = is_class_loss(*first) ? Task::classes : Task::numbers;
  }
  advice.target =
      advice.task == Task::numbers ? facts_of(*facts) : facts_of(*class_facts, q.rows.elements());
  return advice;
}

void check(const TableRunOptions& run, const AdviseOptions& o) {
  if (run.target.empty())
    throw_usage("advise", "target is missing: name a column, or its number from 1");
  detail::check_roles(run);
  if (o.folds < 2 || o.folds > 20)
    throw_usage("advise", fmt::format("folds is {}; expected 2 to 20", o.folds));
  for (const double price : {run.cost_missed, o.cost_false_alarm, o.cost_under, o.cost_over})
    if (!(price >= 0) || !std::isfinite(price))
      throw_usage("advise", fmt::format("a cost is {}; expected a finite number, at least 0",
                                        decimal(price, 6)));
  const int told = (run.cost_missed > 0 || o.cost_false_alarm > 0) +
                   (o.cost_under > 0 || o.cost_over > 0) + !o.metric.empty();
  if (told > 1)
    throw_usage("advise",
                "costs of numbers, costs of classes and a metric exclude each other: one orders");
  const auto task = told_task(run.task), implied = implied_task(run, o);
  if (task && (task == Task::numbers) != (implied == Task::numbers))
    throw_usage("advise", fmt::format("--task {} does not fit the cost or metric, which is for {}",
                                      run.task, text_of(*implied)));
  if (task == Task::numbers && detail::is_class_metric(o.metric))
    throw_usage("advise", fmt::format("--task numbers does not fit the metric {}", o.metric));
  if (!o.metric.empty() && !detail::is_number_metric(o.metric) &&
      !detail::is_class_metric(o.metric))
    throw_usage("advise",
                fmt::format("metric is {}; expected rmse, mse, r2, mae, mape, smape or msle for "
                            "numbers, accuracy, balanced_accuracy, log_loss or brier for classes",
                            excerpt(o.metric)));
}

}  // namespace

Advice advise_table(const TableRunOptions& run, const AdviseOptions& options) {
  check(run, options);
  return detail::of_the_data(run.data, [&] {
    Question question = read(run, options);
    return answer(question, run, options);
  });
}

}  // namespace downhill
