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

/// What a long table's rows are predicted as need not stand in memory: take(first row, predictions).
template <class Take>
void predict_in_pieces(const TableModel& model, const Dataset& rows, const Take& take) {
  constexpr std::int64_t kPiece = std::int64_t{1} << 16;
  for (std::int64_t begin = 0; begin < rows.size(); begin += kPiece)
    take(static_cast<std::size_t>(begin),
         model.predict(rows.piece(begin, std::min(begin + kPiece, rows.size())).input));
}

/// What metrics ask for: values, or probabilities without the classes that follow from them.
Predictions figures_of(const TableModel& model, const Dataset& rows) {
  Predictions all;
  const auto count = static_cast<std::size_t>(rows.size());
  if (model.card.task == Task::numbers) all.values.reserve(count);
  else all.probabilities.reserve(count * model.card.classes.size());
  predict_in_pieces(model, rows, [&](std::size_t, const Predictions& p) {
    all.values.insert(all.values.end(), p.values.begin(), p.values.end());
    all.probabilities.insert(all.probabilities.end(), p.probabilities.begin(),
                             p.probabilities.end());
  });
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
  const Tensor target = rows.tensor(kTarget), own = rows.tensor(kOwnWeight);
  const auto weights = numbers_of(own);
  const auto w = [&](std::size_t i) { return weights.empty() ? 1 : weights[i]; };
  const auto n = static_cast<std::size_t>(rows.size());
  double weight = 0, right = 0, squares = 0, mean = 0, deviations = 0;
  for (std::size_t i = 0; i < n; ++i) weight += w(i);
  if (model.card.task != Task::numbers) {
    const auto labels = target.values<std::int64_t>();
    predict_in_pieces(model, rows, [&](std::size_t first, const Predictions& p) {
      for (std::size_t i = 0; i < p.classes.size(); ++i)
        right += p.classes[i] == labels[first + i] ? w(first + i) : 0;
    });
    return {{"accuracy", right / weight}};
  }
  const auto y = target.values<double>();
  for (std::size_t i = 0; i < n; ++i) mean += w(i) * y[i] / weight;
  for (std::size_t i = 0; i < n; ++i) deviations += w(i) * (y[i] - mean) * (y[i] - mean);
  predict_in_pieces(model, rows, [&](std::size_t first, const Predictions& p) {
    for (std::size_t i = 0; i < p.values.size(); ++i) {
      const double error = p.values[i] - y[first + i];
      squares += w(first + i) * error * error;
    }
  });
  return {{"rmse", std::sqrt(squares / weight)}, {"r2", 1 - squares / deviations}};
}

EvaluationRecord evaluate_rows(TableModel& model, const Dataset& rows, Split split,
                               std::uint64_t seed) {
  const double loss = evaluate(model.model, rows, model.loss_of()) * model.card.head.k;
  give_back_free_memory();  // metrics take some numbers for each row
  const Predictions p = figures_of(model, rows);
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
