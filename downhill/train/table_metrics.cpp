#include "downhill/train/detail/table_metrics.h"

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/node.h"
#include "downhill/metrics/evaluation.h"
#include "downhill/train/detail/explain.h"

namespace downhill::detail {
namespace {

constexpr std::int64_t kShownPairs = 2000, kShownClasses = 100;

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

void add_classes(EvaluationRecord& record, const TableModel& model, const Evaluation& e) {
  record.threshold =
      model.card.task == Task::two_classes ? std::optional(model.card.threshold) : std::nullopt;
  if (e.error_rates) {
    record.missed = e.error_rates->missed;
    record.false_alarms = e.error_rates->false_alarms;
  }
  for (const CalibrationBin& bin : e.calibration)
    record.calibration.push_back({bin.low, bin.high, bin.weight, bin.predicted, bin.observed});
  const auto& names = model.card.classes;
  const auto count = static_cast<std::int64_t>(names.size());
  if (!e.confusion) return;
  for (std::int64_t k = 0; k < count; ++k) {
    double weight = 0;
    std::vector<double> row;
    for (std::int64_t j = 0; j < count; ++j) {
      weight += e.confusion->at(k, j);
      row.push_back(e.confusion->at(k, j));
    }
    record.classes.push_back({names[static_cast<std::size_t>(k)], weight, e.confusion->recall(k),
                              e.confusion->precision(k)});
    if (count <= kShownClasses) record.confusion.push_back(std::move(row));
  }
}

void add_pairs(EvaluationRecord& record, const std::vector<double>& targets,
               const std::vector<double>& predictions) {
  const std::size_t n = targets.size(), step = (n + kShownPairs - 1) / kShownPairs;
  for (std::size_t i = 0; i < n; i += std::max<std::size_t>(1, step)) {
    record.targets.push_back(targets[i]);
    record.predictions.push_back(predictions[i]);
  }
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

EvaluationRecord evaluate_rows(TableModel& model, const Dataset& rows, const std::string& split,
                               std::uint64_t seed) {
  const Batch all = rows.all();
  EvaluationRecord record{.split = split, .rows = rows.size()};
  record.loss = evaluate(model.model, rows, model.loss_of()) * model.card.head.k;
  record.baseline_loss = constant_loss(model, all);
  const Predictions p = model.predict(all.input), constant = model.constant();
  if (!all_finite(p)) {
    record.undefined.push_back({"metrics", "some predictions are not finite"});
    return record;
  }
  const std::vector<double> weights = weights_of(all);
  Evaluation e;
  if (model.card.task == Task::numbers) {
    const std::vector<double> targets = all.target.to_vector();
    e = evaluate_numbers({p.values, targets, weights}, constant.values[0], {.seed = seed});
    add_pairs(record, targets, p.values);
  } else {
    e = evaluate_classes(class_rows(model, p, all, weights), constant.probabilities,
                         {.seed = seed});
    add_classes(record, model, e);
  }
  record.metrics = e.metrics;
  record.intervals = e.intervals;
  record.baseline = e.baseline;
  for (const Undefined& u : e.undefined) record.undefined.push_back({u.name, u.reason});
  return record;
}

}  // namespace downhill::detail
