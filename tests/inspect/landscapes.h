#pragma once
#include <functional>
#include <vector>

#include "downhill/inspect/stationarity.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/random.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"

// Losses whose shape is known, and what they say of themselves.

namespace downhill::landscapes {

inline Tensor leaf(Tensor values) {
  Tensor result = values.clone();
  result.requires_grad(true);
  return result;
}

/// A function of x and y at one point, each a parameter of one element.
template <class F>
Stands stands_at(double x, double y, F f, const StationarityOptions& options = {},
                 Type type = Type::f64) {
  const Tensors p{leaf(Tensor::scalar(x, type)), leaf(Tensor::scalar(y, type))};
  return stationarity([&] { return f(p[0], p[1]); }, p, options);
}

inline Tensor rosenbrock(const Tensor& x, const Tensor& y) {
  return square(1 - x) + 100.0 * square(y - square(x));
}

/// A tanh network in-4-1 on a few rows, its parameters set by the test.
struct Network {
  explicit Network(Type type, std::uint64_t seed = 3, std::int64_t hidden = 4) {
    Random random(seed);
    x = random_normal(random, {32, 3}, 0, 1, type);
    const auto column = [&](int i) { return slice(x, i, i + 1, 1); };
    y = tanh(2.0 * (column(0) * column(1))) + 0.5 * column(2);  // one hidden unit is not enough
    for (const Shape& shape : {Shape{hidden, 3}, Shape{hidden}, Shape{1, hidden}, Shape{1}})
      p.push_back(leaf(random_normal(random, shape, 0, 0.5, type)));
  }
  Tensor loss() const { return mean(square(linear(tanh(linear(x, p[0], p[1])), p[2], p[3]) - y)); }
  /// Plain gradient descent.
  void descend(int steps, double lr) {
    for (int k = 0; k < steps; ++k) {
      const Tensors g = gradients(loss(), p);
      const NoGraph no_graph;
      for (std::size_t i = 0; i < p.size(); ++i) p[i].assign(p[i] - lr * g[i]);
    }
  }
  Tensor x, y;
  Tensors p;
};

}  // namespace downhill::landscapes
