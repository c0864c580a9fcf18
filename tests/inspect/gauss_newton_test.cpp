#include "downhill/inspect/gauss_newton.h"

#include <gtest/gtest.h>

#include "downhill/autodiff/flat.h"
#include "downhill/core/error.h"
#include "downhill/losses/cross_entropy.h"
#include "downhill/losses/loss.h"
#include "downhill/losses/mse.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/random.h"
#include "tests/inspect/matrices.h"

namespace downhill {
namespace {

Tensor leaf(const Shape& shape, std::uint64_t seed, double spread = 0.6) {
  Random random(seed);
  Tensor t = random_normal(random, shape, 0, spread, Type::f64);
  t.requires_grad(true);
  return t;
}

struct Rows {
  Tensor x, labels;
  Rows() {
    Random random(4);
    x = random_normal(random, {12, 3}, 0, 1, Type::f64);
    std::vector<std::int64_t> classes;
    for (int i = 0; i < 12; ++i) classes.push_back(i * 7 % 4);
    labels = Tensor::from(classes, {12});
  }
};

std::vector<double> basis(std::int64_t n, std::int64_t i) {
  std::vector<double> v(static_cast<std::size_t>(n));
  v[static_cast<std::size_t>(i)] = 1;
  return v;
}

TEST(Jacobian, BothWaysAgreeWithEachOther) {
  const Rows rows;
  const Tensors w{leaf({5, 3}, 1), leaf({5}, 2)};
  const Tensor z = tanh(linear(rows.x, w[0], w[1]));
  const Jacobian j(z, w);
  Random random(9);
  const Tensors direction{random_normal(random, {5, 3}, 0, 1, Type::f64),
                          random_normal(random, {5}, 0, 1, Type::f64)};
  const Tensor cotangent = random_normal(random, {12, 5}, 0, 1, Type::f64);
  const double forward = flat::dot(j(direction).to_vector(), cotangent.to_vector());
  const double back = flat::dot(flatten(direction), flatten(j.transposed(cotangent)));
  EXPECT_NEAR(forward, back, 1e-12 * std::abs(forward));
  // Against central differences.
  const double h = 1e-5;
  const auto moved = [&](double by) {
    const NoGraph none;
    return tanh(linear(rows.x, w[0] + by * direction[0], w[1] + by * direction[1])).to_vector();
  };
  const std::vector<double> up = moved(h), down = moved(-h), ours = j(direction).to_vector();
  for (std::size_t i = 0; i < ours.size(); ++i)
    EXPECT_NEAR(ours[i], (up[i] - down[i]) / (2 * h), 1e-8);
}

TEST(GaussNewton, EqualsTheHessianWhereTheModelIsLinear) {
  const Rows rows;
  const Tensors w{leaf({4, 3}, 1), leaf({4}, 2)};
  const Loss loss = CrossEntropy{};
  const Tensor z = linear(rows.x, w[0], w[1]);
  const GaussNewtonProduct g(
      z, [&](const Tensor& outputs) { return loss(outputs, rows.labels); }, w);
  const HessianProduct h(loss(linear(rows.x, w[0], w[1]), rows.labels), w);
  for (std::int64_t i = 0; i < 16; ++i) {
    const Tensors v = unflatten(basis(16, i), w);
    const std::vector<double> ours = flatten(g(v)), exact = flatten(h(v));
    for (std::size_t k = 0; k < ours.size(); ++k) EXPECT_NEAR(ours[k], exact[k], 1e-13);
  }
}

TEST(GaussNewton, IsJTransposedTimesJForSquaresAndHasNoNegativeCurvature) {
  const Rows rows;
  const Tensors w{leaf({4, 3}, 1), leaf({4}, 2), leaf({1, 4}, 3)};
  const Tensor y = leaf({12, 1}, 8).detach(), zero = Tensor::zeros({1}, Type::f64);
  const Loss loss = MSE{};
  const auto outputs = [&] { return linear(tanh(linear(rows.x, w[0], w[1])), w[2], zero); };
  const GaussNewtonProduct g(
      outputs(), [&](const Tensor& z) { return loss(z, y); }, w);
  const Jacobian j(outputs(), w);
  const std::int64_t n = count_elements(w);
  for (std::int64_t i = 0; i < n; ++i) {
    const Tensors v = unflatten(basis(n, i), w);
    const std::vector<double> ours = flatten(g(v)), jj = flatten(j.transposed(j(v)));
    for (std::size_t k = 0; k < ours.size(); ++k) EXPECT_NEAR(ours[k], 2.0 / 12 * jj[k], 1e-13);
    EXPECT_GE(flat::dot(flatten(v), ours), -1e-14);
  }
}

TEST(EmpiricalFisher, IsTheMeanOfTheRowsOuterProducts) {
  const Rows rows;
  const Tensors w{leaf({4, 3}, 1), leaf({4}, 2)};
  const Loss loss = CrossEntropy{};
  const EmpiricalFisherProduct fisher(loss.each(linear(rows.x, w[0], w[1]), rows.labels), w);
  std::vector<std::vector<double>> g;
  for (std::int64_t i = 0; i < 12; ++i) {
    const Tensor each = loss.each(linear(rows.x, w[0], w[1]), rows.labels);
    Tensor pick = Tensor::zeros({12}, Type::f64);
    pick.set(i, 1);
    g.push_back(flatten(gradients(each, pick, w)));
  }
  Random random(3);
  std::vector<double> v(16), expected(16);
  for (double& x : v) x = random.normal();
  for (const auto& row : g) flat::add(expected, flat::dot(row, v) / 12, row);
  const std::vector<double> ours = flatten(fisher(unflatten(v, w)));
  for (std::size_t k = 0; k < ours.size(); ++k) EXPECT_NEAR(ours[k], expected[k], 1e-13);
}

TEST(GaussNewton, RefusesOutputsWithoutParameters) {
  const Tensors w{leaf({4, 3}, 1)};
  EXPECT_THROW(GaussNewtonProduct(
                   Tensor::ones({2}, Type::f64), [](const Tensor& z) { return z; }, w),
               UsageError);
}

}  // namespace
}  // namespace downhill
