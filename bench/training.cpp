#include "bench/training.h"

#include <memory>

#include "downhill/downhill.h"

namespace bench {

using namespace downhill;

namespace {

/// A model, its data and its optimizer; one call is one training step.
struct Training {
  Training(nn::Sequential m, Loss l, const Method& method, Tensor inputs, Tensor targets)
      : model(std::move(m)),
        criterion(std::move(l)),
        optimizer(method, model.parameters()),
        x(std::move(inputs)),
        y(std::move(targets)) {}
  void operator()() {
    optimizer.zero_grad();
    const Tensor loss = criterion(model(x), y);
    loss.backward();
    optimizer.step();
  }
  nn::Sequential model;
  Loss criterion;
  Optimizer optimizer;
  Tensor x, y;
};

}  // namespace

Tensor normal(const Shape& shape) {
  Random random(1);
  return random_normal(random, shape, 0, 1, Type::f32);
}

Tensor labels(std::int64_t rows, std::int64_t classes) {
  Tensor all = Tensor::empty({rows}, Type::i64);
  for (std::int64_t i = 0; i < rows; ++i) all.data<std::int64_t>()[i] = i * 7 % classes;
  return all;
}

std::function<void()> tutorial_step() {
  struct State {
    Tensor x = {{1}, {2}, {3}, {4}}, y = {{3}, {5}, {7}, {9}};
    nn::Linear model{1, 1};
    Loss criterion = MSE{};
    Optimizer optimizer{SGD{.lr = 0.01}, model.parameters()};
  };
  return [s = std::make_shared<State>()] {
    s->optimizer.zero_grad();
    const Tensor loss = s->criterion(s->model(s->x), s->y);
    loss.backward();
    s->optimizer.step();
  };
}

nn::Sequential large_model() {
  return nn::Sequential(nn::Linear(784, 256), nn::relu, nn::Linear(256, 128), nn::relu,
                        nn::Linear(128, 10));
}

std::function<void()> large_step(std::int64_t batch) {
  auto training = std::make_shared<Training>(large_model(), CrossEntropy{}, Adam{},
                                             normal({batch, 784}), labels(batch, 10));
  return [training] { (*training)(); };
}

std::function<void()> small_step() {
  nn::Sequential model(nn::Linear(2, 16), nn::tanh, nn::Linear(16, 16), nn::tanh,
                       nn::Linear(16, 1));
  auto training =
      std::make_shared<Training>(std::move(model), MSE{}, Adam{}, normal({32, 2}), normal({32, 1}));
  return [training] { (*training)(); };
}

}  // namespace bench
