#include <algorithm>

#include "downhill/autodiff/node.h"
#include "downhill/train/fit.h"

namespace downhill {
namespace {

constexpr std::int64_t kEvaluationRows = 1024;

Tensor rows_from(std::int64_t begin, std::int64_t end) {
  const Tensor index = Tensor::empty({end - begin}, Type::i64);
  for (std::int64_t i = begin; i < end; ++i) index.data<std::int64_t>()[i - begin] = i;
  return index;
}

}  // namespace

double evaluate(nn::Module& model, const Dataset& rows, const LossOf& loss_of) {
  const bool was_training = model.training();
  const NoGraph off;
  model.eval();
  double sum = 0;
  for (std::int64_t begin = 0; begin < rows.size(); begin += kEvaluationRows) {
    const Batch batch =
        rows.batch(rows_from(begin, std::min(rows.size(), begin + kEvaluationRows)));
    sum += loss_of(batch).item() * static_cast<double>(batch.size());
  }
  model.train(was_training);
  return sum / static_cast<double>(rows.size());
}

}  // namespace downhill
