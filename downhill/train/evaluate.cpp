#include <algorithm>

#include "downhill/autodiff/node.h"
#include "downhill/core/error.h"
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
  Tensor mean = loss.apply(predictions, target, weight, Reduction::mean);
  const NoGraph off;
  try {
    const double divided_by = loss.total_weight(predictions, target, weight);
    return {std::move(mean), divided_by};
  } catch (
      const UsageError&) {  // of a sum whose terms count different things; the inputs are right
    return mean;
  }
}

double evaluate(nn::Module& model, const Dataset& rows, const LossOf& loss_of) {
  const detail::EvaluationMode mode(model);
  const NoGraph off;
  double sum = 0, weight = 0;
  for (std::int64_t begin = 0; begin < rows.size(); begin += kEvaluationRows) {
    const Batch batch =
        rows.batch(rows_from(begin, std::min(rows.size(), begin + kEvaluationRows)));
    const BatchLoss loss = loss_of(batch);
    sum += loss.mean.item() * loss.counts(batch);
    weight += loss.counts(batch);
  }
  return weight > 0 ? sum / weight : sum;
}

}  // namespace downhill
