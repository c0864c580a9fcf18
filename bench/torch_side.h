#pragma once
#include <cstdint>
#include <functional>
#include <vector>

// libtorch's side of the table, behind plain types: its headers take half a minute to compile.

namespace bench::torch_side {

using Work = std::function<void()>;

/// Threads of libtorch's own loops (OpenBLAS has its own number).
void set_threads(int count);
const char* version();

/// y = 2x + 1 on four points: a Linear(1, 1), mean squared error, SGD.
Work tutorial_step();

/// One training step of an MLP with Adam: zero_grad, forward, loss, backward, step.
struct Network {
  std::vector<std::int64_t> sizes;  ///< 784, 256, 128, 10
  bool classes;                     ///< relu and cross-entropy; else tanh and mean squared error
  std::int64_t batch;
  const float* x;
  const float* y;              ///< if not `classes`
  const std::int64_t* labels;  ///< if `classes`
};
Work training_step(const Network& network);

/// Value and gradient of the mean over n floats.
enum class Formula { mse, huber, asymmetric_huber };
Work pointwise(Formula formula, const float* p, const float* y, std::int64_t n);

/// Value and gradient of the mean cross-entropy of labels.
Work cross_entropy(const float* x, const std::int64_t* labels, std::int64_t rows,
                   std::int64_t classes);

/// One step of Adam on n parameters with a gradient that stays the same.
Work adam(const float* gradient, std::int64_t n);

}  // namespace bench::torch_side
