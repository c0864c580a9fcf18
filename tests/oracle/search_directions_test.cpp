#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/reduce.h"
#include "downhill/optim/lbfgs.h"
#include "downhill/optim/links/list.h"
#include "downhill/optim/newton_cg.h"
#include "tests/oracle/optimizers.h"

// The directions of the optimizers that search along a line, against the book, over 1,000 steps.

namespace downhill {
namespace {

// Nocedal and Wright, algorithm 7.4 (the two loops) with H0 of 7.20, at a fixed rate.
TEST(OptimizerOracle, LbfgsDirection) {
  constexpr std::size_t kMemory = 5;
  std::vector<Vector> s, y;
  Vector last_x, last_g;
  const Method method = chain(ScaleByLbfgs{kMemory}, ScaleByLearningRate{0.1});
  Tensor x = points({23}, 5);
  x.requires_grad(true);
  Vector expected = x.to_vector();
  const auto gradient = [](const Vector& at) {
    Vector g(at.size());
    for (std::size_t i = 0; i < at.size(); ++i)
      g[i] = (1 + static_cast<double>(i)) * (at[i] - 1) + 0.3 * at[i] * at[i] * at[i];
    return g;
  };
  Optimizer optimizer(method, {x});
  for (int t = 1; t <= kOracleSteps; ++t) {
    x.set_grad(Tensor::from(gradient(x.to_vector())));
    optimizer.step();

    const Vector g = gradient(expected);
    if (!last_x.empty()) {
      Vector ds = expected, dy = g;
      for (std::size_t i = 0; i < ds.size(); ++i) ds[i] -= last_x[i], dy[i] -= last_g[i];
      if (dot(ds, dy) > 0x1p-52 * std::sqrt(dot(ds, ds) * dot(dy, dy))) {
        s.push_back(ds), y.push_back(dy);
        if (s.size() > kMemory) s.erase(s.begin()), y.erase(y.begin());
      }
    }
    last_x = expected, last_g = g;
    Vector q = g, alpha(s.size());
    for (std::size_t i = s.size(); i-- > 0;) {
      alpha[i] = dot(s[i], q) / dot(y[i], s[i]);
      for (std::size_t k = 0; k < q.size(); ++k) q[k] -= alpha[i] * y[i][k];
    }
    if (!s.empty())
      for (double& r : q) r *= dot(s.back(), y.back()) / dot(y.back(), y.back());
    for (std::size_t i = 0; i < s.size(); ++i) {
      const double beta = dot(y[i], q) / dot(y[i], s[i]);
      for (std::size_t k = 0; k < q.size(); ++k) q[k] += s[i][k] * (alpha[i] - beta);
    }
    for (std::size_t i = 0; i < q.size(); ++i) {
      expected[i] -= 0.1 * q[i];
      ASSERT_NEAR(x.at(static_cast<std::int64_t>(i)), expected[i], 1e-10) << "step " << t;
    }
  }
}

// Nocedal and Wright, algorithm 7.1, with the Hessian written out; a damped step of 0.5.
TEST(OptimizerOracle, NewtonCgDirection) {
  constexpr std::size_t kSize = 7;
  const Tensor a = points({kSize, kSize}, 3);  // f = |A x|^2 / 2 + sum x^4 / 4
  Tensor x = points({kSize, 1}, 5);
  x.requires_grad(true);
  Vector expected = x.to_vector();
  std::vector<Vector> ata(kSize, Vector(kSize));
  for (std::size_t i = 0; i < kSize; ++i)
    for (std::size_t j = 0; j < kSize; ++j)
      for (std::size_t k = 0; k < kSize; ++k)
        ata[i][j] += a.at(static_cast<std::int64_t>(k * kSize + i)) *
                     a.at(static_cast<std::int64_t>(k * kSize + j));
  double first = 0;
  Optimizer optimizer(chain(ScaleByNewtonCg{}, ScaleByLearningRate{0.5}), {x});
  for (int t = 1; t <= kOracleSteps; ++t) {
    optimizer.step([&] { return sum(square(matmul(a, x))) * 0.5 + sum(square(square(x))) * 0.25; });

    const auto product = [&](const Vector& v) {
      Vector h(kSize);
      for (std::size_t i = 0; i < kSize; ++i) {
        for (std::size_t j = 0; j < kSize; ++j) h[i] += ata[i][j] * v[j];
        h[i] += 3 * expected[i] * expected[i] * v[i];
      }
      return h;
    };
    Vector g(kSize);
    for (std::size_t i = 0; i < kSize; ++i) {
      for (std::size_t j = 0; j < kSize; ++j) g[i] += ata[i][j] * expected[j];
      g[i] += std::pow(expected[i], 3);
    }
    const double norm = std::sqrt(dot(g, g));
    if (t == 1) first = norm;  // the residual is measured by the first gradient
    const double tolerance = std::min(0.5, std::sqrt(norm / first)) * norm;
    Vector z(kSize), r = g, d(kSize);
    for (std::size_t i = 0; i < kSize; ++i) d[i] = -r[i];
    for (int j = 0; j < 50 && std::sqrt(dot(r, r)) > tolerance; ++j) {
      const Vector bd = product(d);
      if (dot(d, bd) <= 0) {  // negative curvature: what there is, or the gradient
        if (j == 0)
          for (std::size_t i = 0; i < kSize; ++i) z[i] = d[i];
        break;
      }
      const double alpha = dot(r, r) / dot(d, bd), before = dot(r, r);
      for (std::size_t i = 0; i < kSize; ++i) z[i] += alpha * d[i], r[i] += alpha * bd[i];
      for (std::size_t i = 0; i < kSize; ++i) d[i] = -r[i] + dot(r, r) / before * d[i];
    }
    for (std::size_t i = 0; i < kSize; ++i) {
      expected[i] += 0.5 * z[i];
      ASSERT_NEAR(x.at(static_cast<std::int64_t>(i)), expected[i], 1e-10) << "step " << t;
    }
  }
}

}  // namespace
}  // namespace downhill
