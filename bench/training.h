#pragma once
#include <cstdint>
#include <functional>

#include "downhill/nn/sequential.h"

// The training steps of the table, on our side.

namespace bench {

downhill::Tensor normal(const downhill::Shape& shape);
/// `rows` labels of `classes` classes.
downhill::Tensor labels(std::int64_t rows, std::int64_t classes);
downhill::nn::Sequential large_model();  ///< 784-256-128-10, relu

/// Each call of what is returned is one step: zero_grad, forward, loss, backward, step.
std::function<void()> tutorial_step();
std::function<void()> small_step();                    ///< 2-16-16-1, tanh, batch 32, MSE, Adam
std::function<void()> large_step(std::int64_t batch);  ///< cross-entropy, Adam

}  // namespace bench
