#include "downhill/autodiff/node.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/shape.h"
#include "downhill/train/detail/evaluation_mode.h"
#include "downhill/train/detail/loss_totals.h"
#include "downhill/train/loss_of.h"

namespace downhill {
namespace {

constexpr std::int64_t kEvaluationRows = 1024;

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
  detail::LossTotals totals;
  for (std::int64_t begin = 0; begin < rows.size(); begin += kEvaluationRows) {
    const Batch batch = rows.piece(begin, begin + kEvaluationRows);
    totals.add(loss_of(batch).parts(batch));
  }
  return totals.all();
}

double evaluate(nn::Module& model, const Dataset& rows, const LossOf& loss_of) {
  return loss_of_rows(model, rows, loss_of).loss;
}

}  // namespace downhill
