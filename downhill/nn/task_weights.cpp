#include "downhill/nn/task_weights.h"

#include <fmt/format.h>

#include <cmath>

#include "downhill/core/error.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"

namespace downhill::nn {

TaskWeights::TaskWeights(std::vector<TaskNoise> tasks) : tasks_(std::move(tasks)) {
  if (tasks_.empty()) throw_usage("task_weights", "there must be at least one task");
  log_variance = Tensor::zeros({static_cast<std::int64_t>(tasks_.size())});
  add("log_variance", log_variance);
}

Tensor TaskWeights::operator()(const std::vector<Tensor>& losses) const {
  if (losses.size() != tasks_.size())
    throw_usage("task_weights", fmt::format("{} losses given; expected {}, one for each task",
                                            losses.size(), tasks_.size()));
  Tensor total = sum(log_variance) * 0.5;
  for (std::size_t k = 0; k < losses.size(); ++k) {
    if (losses[k].elements() != 1)
      throw_usage("task_weights", fmt::format("loss {} has shape {}; expected a scalar", k,
                                              losses[k].shape().text()));
    const auto at = static_cast<std::int64_t>(k);
    const Tensor precision = exp(-slice(log_variance, at, at + 1)).reshape({});
    total = total + precision * losses[k].reshape({}) * half(k);
  }
  return total;
}

std::vector<double> TaskWeights::factors() const {
  std::vector<double> all;
  for (std::size_t k = 0; k < tasks_.size(); ++k)
    all.push_back(half(k) * std::exp(-log_variance.at(static_cast<std::int64_t>(k))));
  return all;
}

}  // namespace downhill::nn
