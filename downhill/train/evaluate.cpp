#include <algorithm>

#include "downhill/autodiff/node.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/shape.h"
#include "downhill/train/detail/evaluation_mode.h"
#include "downhill/train/loss_of.h"

namespace downhill {
namespace {

constexpr std::int64_t kEvaluationRows = 1024;

Tensor rows_from(std::int64_t begin, std::int64_t end) {
  const Tensor index = Tensor::empty({end - begin}, Type::i64);
  for (std::int64_t i = begin; i < end; ++i) index.data<std::int64_t>()[i - begin] = i;
  return index;
}

}  // namespace

BatchLoss batch_loss(const Loss& loss, std::span<const Tensor> predictions, const Tensor& target,
                     const Tensor& weight) {
  const auto count = static_cast<std::size_t>(loss.predictions());
  if (predictions.size() == 1 && count > 1 && predictions[0].rank() > 0 &&
      predictions[0].size(predictions[0].rank() - 1) == loss.predictions()) {
    std::vector<Tensor> parts;
    for (std::int64_t k = 0; k < loss.predictions(); ++k)
      parts.push_back(slice(predictions[0], k, k + 1, -1));
    return batch_loss(loss, parts, target, weight);
  }
  const auto counted = loss.counted(predictions, target, weight);
  if (counted.size() == 1) return {loss(predictions, target, weight), counted[0].weight};
  std::vector<BatchLoss::Part> parts;
  Tensor mean;
  for (const auto& [term, divisor] : counted) {
    const Tensor one = term.loss(predictions, target, weight) * term.factor;
    mean = mean.defined() ? mean + one : one;
    parts.push_back({one.item(), divisor});
  }
  return {std::move(mean), std::move(parts)};
}

RowsLoss loss_of_rows(nn::Module& model, const Dataset& rows, const LossOf& loss_of) {
  const detail::EvaluationMode mode(model);
  const NoGraph off;
  std::vector<BatchLoss::Part> totals;
  for (std::int64_t begin = 0; begin < rows.size(); begin += kEvaluationRows) {
    const Batch batch =
        rows.batch(rows_from(begin, std::min(rows.size(), begin + kEvaluationRows)));
    const auto parts = loss_of(batch).parts(batch);
    totals.resize(std::max(totals.size(), parts.size()), {0, 0});
    for (std::size_t k = 0; k < parts.size(); ++k) {
      totals[k].mean += parts[k].mean * parts[k].weight;
      totals[k].weight += parts[k].weight;
    }
  }
  RowsLoss all{0, 0};
  for (const auto& [sum, weight] : totals) {
    all.loss += weight > 0 ? sum / weight : sum;
    all.weight += weight;
  }
  return all;
}

double evaluate(nn::Module& model, const Dataset& rows, const LossOf& loss_of) {
  return loss_of_rows(model, rows, loss_of).loss;
}

}  // namespace downhill
