#include "downhill/train/detail/table_metrics.h"

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/node.h"
#include "downhill/core/memory.h"
#include "downhill/metrics/evaluation.h"
#include "downhill/train/detail/evaluation_record.h"

namespace downhill::detail {
namespace {

constexpr std::size_t kTarget = 1, kOwnWeight = 3;  // of a table's rows

std::span<const double> numbers_of(const Tensor& rows) {
  return rows.defined() ? rows.values<double>() : std::span<const double>();
}

ClassRows class_rows(const TableModel& model, const Predictions& p,
                     std::span<const std::int64_t> labels, std::span<const double> weights) {
  ClassRows all{.classes = static_cast<std::int64_t>(model.card.classes.size()),
                .probabilities = p.probabilities,
                .labels = labels,
                .weights = weights};
  if (model.card.task == Task::two_classes) all.threshold = model.card.threshold;
  return all;
}

/// The mean loss if every output were 0.
double constant_loss(TableModel& model, const Dataset& rows) {
  return evaluate(model.model, rows, [&](const Batch& batch) {
    return model.batch_loss(Tensor::zeros({batch.size(), model.card.outputs()}), batch);
  });
}

bool all_finite(const Predictions& p) {
  const auto finite = [](double v) { return std::isfinite(v); };
  return std::ranges::all_of(p.values, finite) && std::ranges::all_of(p.probabilities, finite);
}

}  // namespace

NamedNumbers epoch_metrics(const TableModel& model, const Dataset& rows) {
  const Predictions p = model.predict(rows);
  const Tensor target = rows.tensor(kTarget), own = rows.tensor(kOwnWeight);
  const auto weights = numbers_of(own);
  const auto w = [&](std::size_t i) { return weights.empty() ? 1 : weights[i]; };
  const auto n = static_cast<std::size_t>(rows.size());
  double weight = 0, right = 0, squares = 0, mean = 0, deviations = 0;
  for (std::size_t i = 0; i < n; ++i) weight += w(i);
  if (model.card.task != Task::numbers) {
    const auto labels = target.values<std::int64_t>();
    for (std::size_t i = 0; i < n; ++i) right += p.classes[i] == labels[i] ? w(i) : 0;
    return {{"accuracy", right / weight}};
  }
  const auto y = target.values<double>();
  for (std::size_t i = 0; i < n; ++i) mean += w(i) * y[i] / weight;
  for (std::size_t i = 0; i < n; ++i) {
    squares += w(i) * (p.values[i] - y[i]) * (p.values[i] - y[i]);
    deviations += w(i) * (y[i] - mean) * (y[i] - mean);
  }
  return {{"rmse", std::sqrt(squares / weight)}, {"r2", 1 - squares / deviations}};
}

EvaluationRecord evaluate_rows(TableModel& model, const Dataset& rows, Split split,
                               std::uint64_t seed) {
  const double loss = evaluate(model.model, rows, model.loss_of()) * model.card.head.k;
  Predictions p = model.predict(rows);
  const Predictions constant = model.constant();
  const Tensor target = rows.tensor(kTarget), own = rows.tensor(kOwnWeight);
  const auto weights = numbers_of(own);
  EvaluationRecord record;
  if (!all_finite(p)) {
    record = record_of(Evaluation{.rows = rows.size()}, split);
    record.undefined.push_back({"metrics", "some predictions are not finite"});
  } else if (model.card.task == Task::numbers) {
    const auto targets = target.values<double>();
    record = record_of(
        evaluate_numbers({p.values, targets, weights}, constant.values[0], {.seed = seed}), split);
    add_sample(record, targets, p.values);
  } else {
    p.classes = std::vector<std::int64_t>();  // not asked for: 8 bytes for each row
    give_back_free_memory();
    const auto labels = target.values<std::int64_t>();
    record = record_of(evaluate_classes(class_rows(model, p, labels, weights),
                                        constant.probabilities, {.seed = seed}),
                       split, model.card.classes);
    if (model.card.task == Task::two_classes) record.threshold = model.card.threshold;
  }
  record.loss = loss;
  record.baseline_loss = constant_loss(model, rows) * model.card.head.k;
  return record;
}

}  // namespace downhill::detail
