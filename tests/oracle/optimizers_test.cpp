#include "tests/oracle/optimizers.h"

#include <array>
#include <limits>
#include <map>

#include "downhill/optim/list.h"

// Each optimizer against a literal transcription of its paper's algorithm, written without a look
// at the library's, in float64 over 1,000 steps. The searches: search_directions_test.cpp.

namespace downhill {
namespace {

struct SgdCase {
  const char* spec;
  double lr, momentum, dampening, decay;
  bool nesterov;
};

// PyTorch's documentation of SGD, line by line.
void sgd() {
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

void adam_l2() {
  adam("adam:lr=0.01", 0.01, 0.9, 0.999, 1e-8, 0, 0);
  adam("adam:lr=0.02,beta1=0.7,beta2=0.95,eps=0.001,weight_decay=0.1", 0.02, 0.7, 0.95, 1e-3, 0.1,
       0);
}

void adam_decoupled() {
  adam("adamw:lr=0.01", 0.01, 0.9, 0.999, 1e-8, 0, 0.01);
  adam("adamw:lr=0.02,beta1=0.7,beta2=0.95,eps=0.001,weight_decay=0.3", 0.02, 0.7, 0.95, 1e-3, 0,
       0.3);
}

// arXiv 1904.00962, Algorithm 2, with phi(z) = z; one tensor, one trust ratio.
void lamb() {
  Vector m(23), v(23), u(23);
  compare(Method::parse("lamb:lr=0.01,weight_decay=0.1,eps=0.001"),
          [&](Vector& x, const Vector& g, int t) {
            for (std::size_t i = 0; i < x.size(); ++i) {
              m[i] = 0.9 * m[i] + 0.1 * g[i];
              v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
              const double m_hat = m[i] / (1 - std::pow(0.9, t));
              const double v_hat = v[i] / (1 - std::pow(0.999, t));
              u[i] = m_hat / (std::sqrt(v_hat) + 1e-3) + 0.1 * x[i];
            }
            const double ratio = std::sqrt(dot(x, x)) / std::sqrt(dot(u, u));
            for (std::size_t i = 0; i < x.size(); ++i) x[i] -= 0.01 * ratio * u[i];
          });
}

double root_mean_square(const Vector& x) {
  return std::sqrt(dot(x, x) / static_cast<double>(x.size()));
}

// torch.optim.Adafactor, line by line: a matrix of 4 x 6, then a vector.
void adafactor() {
  const double eps1 = std::numeric_limits<double>::epsilon(), lr = 0.05, decay = 0.1;
  const auto move = [&](Vector& x, Vector u, int t) {
    const double rho = std::min(lr, 1 / std::sqrt(t));
    const double alpha = std::max(1e-3, root_mean_square(x)) * rho;
    const double denominator = std::max(1.0, root_mean_square(u) / 1.0);
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] = x[i] * (1 - lr * decay) - alpha / denominator * u[i];
  };
  const Method method = Method::parse("adafactor:lr=0.05,weight_decay=0.1");
  Vector row(4), column(6), variance(23);
  compare(method,
          [&](Vector& x, const Vector& g, int t) {
            const double weight = std::pow(t, -0.8);
            Vector u(24);
            double mean = 0;
            for (std::size_t r = 0; r < 4; ++r) {
              double sum = 0;
              for (std::size_t c = 0; c < 6; ++c) sum += g[r * 6 + c] * g[r * 6 + c];
              row[r] += weight * (sum / 6 - row[r]);
              mean += row[r] / 4;
            }
            for (std::size_t c = 0; c < 6; ++c) {
              double sum = 0;
              for (std::size_t r = 0; r < 4; ++r) sum += g[r * 6 + c] * g[r * 6 + c];
              column[c] += weight * (sum / 4 - column[c]);
            }
            for (std::size_t i = 0; i < 24; ++i) {
              const double estimate = row[i / 6] * column[i % 6] / std::max(mean, eps1);
              u[i] = g[i] / std::sqrt(std::max(estimate, eps1 * eps1));
            }
            move(x, u, t);
          },
          {4, 6});
  compare(method, [&](Vector& x, const Vector& g, int t) {
    Vector u(23);
    for (std::size_t i = 0; i < 23; ++i) {
      variance[i] += std::pow(t, -0.8) * (g[i] * g[i] - variance[i]);
      u[i] = g[i] / std::sqrt(std::max(variance[i], eps1 * eps1));
    }
    move(x, u, t);
  });
}

using Matrix = std::array<std::array<double, 6>, 6>;
Matrix times(const Matrix& a, const Matrix& b) {
  Matrix c{};
  for (std::size_t i = 0; i < 6; ++i)
    for (std::size_t j = 0; j < 6; ++j)
      for (std::size_t k = 0; k < 6; ++k) c[i][j] += a[i][k] * b[k][j];
  return c;
}

// Jordan's zeropower_via_newtonschulz5, wide and tall; Moonshot's scale; Adam for a vector.
void muon() {
  for (const bool tall : {false, true}) {
    const std::size_t rows = tall ? 6 : 4, columns = tall ? 4 : 6;
    Vector m(24);
    compare(
        Method::parse("muon:lr=0.01,weight_decay=0.1"),
        [&](Vector& x, const Vector& g, int) {
          Matrix u{};
          double square = 0;
          for (std::size_t i = 0; i < 24; ++i) {
            m[i] = 0.95 * m[i] + g[i];
            const double d = g[i] + 0.95 * m[i];
            square += d * d;
            // transposed if tall, as there
            (tall ? u[i % columns][i / columns] : u[i / columns][i % columns]) = d;
          }
          for (auto& line : u)
            for (double& d : line) d /= std::sqrt(square) + 1e-7;
          for (int step = 0; step < 5; ++step) {
            Matrix transposed{};
            for (std::size_t i = 0; i < 6; ++i)
              for (std::size_t j = 0; j < 6; ++j) transposed[i][j] = u[j][i];
            const Matrix a = times(u, transposed), aa = times(a, a);
            Matrix b{};
            for (std::size_t i = 0; i < 6; ++i)
              for (std::size_t j = 0; j < 6; ++j) b[i][j] = -4.7750 * a[i][j] + 2.0315 * aa[i][j];
            const Matrix bu = times(b, u);
            for (std::size_t i = 0; i < 6; ++i)
              for (std::size_t j = 0; j < 6; ++j) u[i][j] = 3.4445 * u[i][j] + bu[i][j];
          }
          for (std::size_t i = 0; i < 24; ++i) {
            const double o = tall ? u[i % columns][i / columns] : u[i / columns][i % columns];
            x[i] -= 0.01 * (0.2 * std::sqrt(6.0) * o + 0.1 * x[i]);
          }
        },
        {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns)}, 1e-9);
  }
  adam("muon:lr=0.01,weight_decay=0.3", 0.01, 0.9, 0.999, 1e-8, 0, 0.3);
}

// arXiv 2405.15682, Algorithm 1, with x, y and z written out; the rate warms up.
void schedule_free() {
  Vector v(23), z = points({23}, 5).to_vector(), x_bar = z;
  double sum = 0, largest = 0;
  compare(
      Method::parse("schedule_free_adamw:lr=(linear:start=0.001,end=0.01,steps=50),weight_decay=0."
                    "1,beta1=0.8"),
      [&](Vector& y, const Vector& g, int t) {
        const double lr = 0.001 + 0.009 * std::min(1.0, (t - 1) / 50.0);
        largest = std::max(largest, lr);
        sum += largest * largest;
        const double c = largest * largest / sum;
        for (std::size_t i = 0; i < y.size(); ++i) {
          v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
          z[i] -= lr * (g[i] / (std::sqrt(v[i] / (1 - std::pow(0.999, t))) + 1e-8) + 0.1 * y[i]);
          x_bar[i] = (1 - c) * x_bar[i] + c * z[i];
          y[i] = 0.2 * z[i] + 0.8 * x_bar[i];
        }
      },
      {23}, 1e-10);
}

// arXiv 1907.08610, Algorithm 1, around plain gradient steps.
void lookahead() {
  Vector slow = points({23}, 5).to_vector();
  compare(Method::parse("lookahead:of=(sgd:lr=0.05),k=4,alpha=0.3"),
          [&](Vector& x, const Vector& g, int t) {
            for (std::size_t i = 0; i < x.size(); ++i) {
              x[i] -= 0.05 * g[i];
              if (t % 4 == 0) x[i] = slow[i] += 0.3 * (x[i] - slow[i]);
            }
          });
}

const std::map<std::string, void (*)()>& transcriptions() {
  static const std::map<std::string, void (*)()> all = {{"sgd", sgd},
                                                        {"adam", adam_l2},
                                                        {"adamw", adam_decoupled},
                                                        {"lamb", lamb},
                                                        {"muon", muon},
                                                        {"adafactor", adafactor},
                                                        {"schedule_free_adamw", schedule_free},
                                                        {"lookahead", lookahead}};
  return all;
}

class OptimizerOracle : public testing::TestWithParam<std::string> {};

TEST_P(OptimizerOracle, AgreesOverAThousandSteps) {
  const auto found = transcriptions().find(GetParam());
  if (found != transcriptions().end()) return found->second();
  EXPECT_TRUE(Method::parse(GetParam()).searches())
      << "write down the paper's algorithm here, and its line in transcriptions()";
}

INSTANTIATE_TEST_SUITE_P(Optimizers, OptimizerOracle, testing::ValuesIn(Optimizers::names()),
                         [](const auto& method) { return method.param; });

}  // namespace
}  // namespace downhill
