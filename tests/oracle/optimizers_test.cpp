#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/reduce.h"
#include "downhill/optim/links/list.h"
#include "downhill/optim/list.h"
#include "downhill/optim/optimizer.h"
#include "tests/support/points.h"

// Each optimizer against a literal transcription of its paper's algorithm, written without a look
// at the library's, in float64 over 1,000 steps.

namespace downhill {
namespace {

using Vector = std::vector<double>;
constexpr int kSteps = 1000;
constexpr double kTolerance = 1e-12;

/// The update of all numbers from their gradient at step t = 1, 2, ...
using Update = std::function<void(Vector& x, const Vector& g, int t)>;

/// Feeds both the gradient of a rugged function at their own points.
Vector slope(const Vector& x, int t) {
  Vector g(x.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    g[i] = x[i] - 1 + 0.3 * std::sin(3 * x[i]) + 0.5 * std::cos(0.7 * t + static_cast<double>(i));
  return g;
}

void compare(const Method& method, const Update& update) {
  Tensor x = points({23}, 5);
  x.requires_grad(true);
  Vector expected = x.to_vector();
  Optimizer optimizer(method, {x});
  for (int t = 1; t <= kSteps; ++t) {
    x.set_grad(Tensor::from(slope(x.to_vector(), t)));
    optimizer.step();
    update(expected, slope(expected, t), t);
    for (std::size_t i = 0; i < expected.size(); ++i)
      ASSERT_NEAR(x.at(static_cast<std::int64_t>(i)), expected[i],
                  kTolerance * std::max(1.0, std::abs(expected[i])))
          << "step " << t << ", element " << i;
  }
}

struct SgdCase {
  const char* spec;
  double lr, momentum, dampening, decay;
  bool nesterov;
};

// PyTorch's documentation of SGD, line by line.
TEST(OptimizerOracle, Sgd) {
  for (const SgdCase c : {SgdCase{"sgd:lr=0.01", 0.01, 0, 0, 0, false},
                          SgdCase{"sgd:lr=0.01,momentum=0.9", 0.01, 0.9, 0, 0, false},
                          SgdCase{"sgd:lr=0.01,momentum=0.9,dampening=0.3,weight_decay=0.1", 0.01,
                                  0.9, 0.3, 0.1, false},
                          SgdCase{"sgd:lr=0.01,momentum=0.8,nesterov=true,weight_decay=0.1", 0.01,
                                  0.8, 0, 0.1, true}}) {
    SCOPED_TRACE(c.spec);
    Vector b;
    compare(Method::parse(c.spec), [&](Vector& x, const Vector& gradient, int t) {
      Vector g = gradient;
      for (std::size_t i = 0; i < x.size(); ++i) g[i] = g[i] + c.decay * x[i];
      if (c.momentum != 0) {
        if (t > 1)
          for (std::size_t i = 0; i < x.size(); ++i)
            b[i] = c.momentum * b[i] + (1 - c.dampening) * g[i];
        else b = g;
        for (std::size_t i = 0; i < x.size(); ++i)
          g[i] = c.nesterov ? g[i] + c.momentum * b[i] : b[i];
      }
      for (std::size_t i = 0; i < x.size(); ++i) x[i] = x[i] - c.lr * g[i];
    });
  }
}

// arXiv 1412.6980, Algorithm 1; L2 in the gradient. arXiv 1711.05101, Algorithm 2, for the
// decoupled.
void adam(const char* spec, double lr, double beta1, double beta2, double eps, double l2,
          double decay) {
  SCOPED_TRACE(spec);
  Vector m(23), v(23);
  compare(Method::parse(spec), [&](Vector& x, const Vector& gradient, int t) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double g = gradient[i] + l2 * x[i];
      m[i] = beta1 * m[i] + (1 - beta1) * g;
      v[i] = beta2 * v[i] + (1 - beta2) * g * g;
      const double m_hat = m[i] / (1 - std::pow(beta1, t)), v_hat = v[i] / (1 - std::pow(beta2, t));
      x[i] = x[i] - lr * (m_hat / (std::sqrt(v_hat) + eps) + decay * x[i]);
    }
  });
}

TEST(OptimizerOracle, Adam) {
  adam("adam:lr=0.01", 0.01, 0.9, 0.999, 1e-8, 0, 0);
  adam("adam:lr=0.02,beta1=0.7,beta2=0.95,eps=0.001,weight_decay=0.1", 0.02, 0.7, 0.95, 1e-3, 0.1,
       0);
}

TEST(OptimizerOracle, AdamW) {
  adam("adamw:lr=0.01", 0.01, 0.9, 0.999, 1e-8, 0, 0.01);
  adam("adamw:lr=0.02,beta1=0.7,beta2=0.95,eps=0.001,weight_decay=0.3", 0.02, 0.7, 0.95, 1e-3, 0,
       0.3);
}

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

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
  for (int t = 1; t <= kSteps; ++t) {
    x.set_grad(Tensor::from(gradient(x.to_vector())));
    optimizer.step();

    const Vector g = gradient(expected);
    if (!last_x.empty()) {
      Vector ds = expected, dy = g;
      for (std::size_t i = 0; i < ds.size(); ++i) ds[i] -= last_x[i], dy[i] -= last_g[i];
      if (dot(ds, dy) > 1e-10) {
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
  Optimizer optimizer(chain(ScaleByNewtonCg{}, ScaleByLearningRate{0.5}), {x});
  for (int t = 1; t <= kSteps; ++t) {
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
    const double norm = std::sqrt(dot(g, g)), tolerance = std::min(0.5, std::sqrt(norm)) * norm;
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
