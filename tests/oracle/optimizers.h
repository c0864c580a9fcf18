#pragma once
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "downhill/optim/optimizer.h"
#include "tests/support/points.h"

// Runs an optimizer beside a literal transcription of its paper's algorithm.

namespace downhill {

using Vector = std::vector<double>;
inline constexpr int kOracleSteps = 1000;

/// The update of all numbers from their gradient at step t = 1, 2, ...
using Update = std::function<void(Vector& x, const Vector& g, int t)>;

/// The gradient of a rugged function, which changes from step to step.
inline Vector slope(const Vector& x, int t) {
  Vector g(x.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    g[i] = x[i] - 1 + 0.3 * std::sin(3 * x[i]) + 0.5 * std::cos(0.7 * t + static_cast<double>(i));
  return g;
}

/// Both are given the gradient at their own point, in float64, and must agree to 1e-12.
inline void compare(const Method& method, const Update& update, const Shape& shape = {23},
                    double tolerance = 1e-12) {
  SCOPED_TRACE(method.text());
  Tensor x = points(shape, 5);
  x.requires_grad(true);
  Vector expected = x.to_vector();
  Optimizer optimizer(method, {x});
  for (int t = 1; t <= kOracleSteps; ++t) {
    x.set_grad(Tensor::from(slope(x.to_vector(), t), shape));
    optimizer.step();
    update(expected, slope(expected, t), t);
    for (std::size_t i = 0; i < expected.size(); ++i)
      ASSERT_NEAR(x.at(static_cast<std::int64_t>(i)), expected[i],
                  tolerance * std::max(1.0, std::abs(expected[i])))
          << "step " << t << ", element " << i;
  }
}

inline double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace downhill
