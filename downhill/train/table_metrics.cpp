#include "downhill/train/detail/table_metrics.h"

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/node.h"
#include "downhill/metrics/evaluation.h"
#include "downhill/train/detail/evaluation_record.h"

namespace downhill::detail {
namespace {

std::vector<double> weights_of(const Batch& rows) {
  return rows.more.empty() ? std::vector<double>() : rows.more[0].to_vector();
}

ClassRows class_rows(const TableModel& model, const Predictions& p, const Batch& rows,
                     const std::vector<double>& weights) {
  const auto labels = rows.target.values<std::int64_t>();
  ClassRows all{.classes = static_cast<std::int64_t>(model.card.classes.size()),
                .probabilities = p.probabilities,
                .labels = labels,
                .weights = weights};
  if (model.card.task == Task::two_classes) all.threshold = model.card.threshold;
  return all;
}

/// The mean loss if every output were 0.
double constant_loss(const TableModel& model, const Batch& rows) {
  const NoGraph off;
  const Tensor zeros = Tensor::zeros({rows.size(), model.card.outputs()});
  return model.batch_loss(zeros, rows).mean.item() * model.card.head.k;
}

bool all_finite(const Predictions& p) {
  const auto finite = [](double v) { return std::isfinite(v); };
  return std::ranges::all_of(p.values, finite) && std::ranges::all_of(p.probabilities, finite);
}

}  // namespace

NamedNumbers epoch_metrics(const TableModel& model, const Dataset& rows) {
  const Batch all = rows.all();
  const Predictions p = model.predict(all.input);
  const std::vector<double> weights = weights_of(all);
  const auto w = [&](std::size_t i) { return weights.empty() ? 1 : weights[i]; };
  const auto n = static_cast<std::size_t>(all.size());
  double weight = 0, right = 0, squares = 0, mean = 0, deviations = 0;
  for (std::size_t i = 0; i < n; ++i) weight += w(i);
  if (model.card.task != Task::numbers) {
    const auto labels = all.target.values<std::int64_t>();
    for (std::size_t i = 0; i < n; ++i) right += p.classes[i] == labels[i] ? w(i) : 0;
    return {{"accuracy", right / weight}};
  }
  const auto y = all.target.values<double>();
  for (std::size_t i = 0; i < n; ++i) mean += w(i) * y[i] / weight;
  for (std::size_t i = 0; i < n; ++i) {
    squares += w(i) * (p.values[i] - y[i]) * (p.values[i] - y[i]);
    deviations += w(i) * (y[i] - mean) * (y[i] - mean);
  }
  return {{"rmse", std::sqrt(squares / weight)}, {"r2", 1 - squares / deviations}};
}

EvaluationRecord evaluate_rows(TableModel& model, const Dataset& rows, Split split,
                               std::uint64_t seed) {
  const Batch all = rows.all();
  const double loss = evaluate(model.model, rows, model.loss_of()) * model.card.head.k;
  const Predictions p = model.predict(all.input), constant = model.constant();
  EvaluationRecord record;
  if (!all_finite(p)) {
    record = record_of(Evaluation{.rows = rows.size()}, split);
    record.undefined.push_back({"metrics", "some predictions are not finite"});
  } else if (model.card.task == Task::numbers) {
    const std::vector<double> targets = all.target.to_vector(), weights = weights_of(all);
    record = record_of(
        evaluate_numbers({p.values, targets, weights}, constant.values[0], {.seed = seed}), split);
    add_sample(record, targets, p.values);
  } else {
    const std::vector<double> weights = weights_of(all);
    record = record_of(evaluate_classes(class_rows(model, p, all, weights), constant.probabilities,
                                        {.seed = seed}),
                       split, model.card.classes);
    if (model.card.task == Task::two_classes) record.threshold = model.card.threshold;
  }
  record.loss = loss;
  record.baseline_loss = constant_loss(model, all);
  return record;
}

}  // namespace downhill::detail
