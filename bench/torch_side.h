#pragma once
#include <cstdint>
#include <functional>
#include <string>
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

/// Numbers or labels in a shape.
struct Array {
  const float* numbers = nullptr;
  const std::int64_t* labels = nullptr;
  std::vector<std::int64_t> shape;
};
/// A loss in libtorch, built in or composed of its operations (torch_losses.cpp); empty where it
/// has none of this name.
struct LossWork {
  bool built_in = false;
  Work gradient;                 ///< the mean's value, and the gradient by every prediction
  std::function<double()> mean;  ///< to compare with ours
};
LossWork loss(const std::string& name, const std::vector<Array>& predictions,
              const std::vector<Array>& targets);

/// One step of Adam on n parameters with a gradient that stays the same.
Work adam(const float* gradient, std::int64_t n);

}  // namespace bench::torch_side
