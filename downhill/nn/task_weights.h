#pragma once
#include <vector>

#include "downhill/nn/module.h"

namespace downhill::nn {

/// What the loss of a task is the negative log likelihood of, up to its scale.
enum class TaskNoise {
  gaussian,  ///< mse: L / (2 sigma^2) + log sigma
  scale      ///< cross-entropy, mae: L / sigma^2 + log sigma (at its least sigma^2 = 2 L)
};

/// Weights of several tasks, learned: each task has a noise sigma, which scales its loss and costs
/// its logarithm, so that no weight need be searched.
///
///     s_k = log sigma_k^2
///     L = sum_k (f_k e^(-s_k) L_k + s_k / 2),    f = 1/2 for gaussian, 1 for scale
///
///     nn::TaskWeights weights({nn::TaskNoise::gaussian, nn::TaskNoise::scale});
///     weights({mse(depth, y), cross_entropy(logits, labels)}).backward();
///
/// One parameter, `log_variance` (tasks), from 0; give it to the optimizer without weight decay.
///
/// Shapes      one scalar loss for each task; result a scalar.
/// Gradient    smooth; at the optimum sigma_k^2 is L_k (gaussian), 2 L_k (scale).
/// Throws      UsageError for another number of losses, or one that is no scalar.
/// Source      Kendall, Gal and Cipolla, Multi-Task Learning Using Uncertainty to Weigh Losses,
///             arXiv 1705.07115, equations 7 and 10.
class TaskWeights : public Module {
 public:
  explicit TaskWeights(std::vector<TaskNoise> tasks);

  Tensor operator()(const std::vector<Tensor>& losses) const;
  /// What each loss is multiplied by now: f_k e^(-s_k).
  std::vector<double> factors() const;

  Tensor log_variance;

 private:
  double half(std::size_t task) const { return tasks_[task] == TaskNoise::gaussian ? 0.5 : 1; }
  std::vector<TaskNoise> tasks_;
};

}  // namespace downhill::nn
