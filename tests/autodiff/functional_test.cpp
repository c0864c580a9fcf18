#include "downhill/autodiff/functional.h"

#include <cmath>

#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

using Values = std::vector<double>;

// Rosenbrock's function of two numbers, whose derivatives are known.
Tensor rosenbrock(const Tensors& x) {
  const Tensor a = slice(x[0], 0, 1), b = slice(x[0], 1, 2);
  return sum(square(1.0 - a) + 100.0 * square(b - a * a));
}

void expect_near(const Tensor& ours, const Values& exact, double tolerance = 1e-12) {
  ASSERT_EQ(ours.elements(), static_cast<std::int64_t>(exact.size()));
  for (std::size_t i = 0; i < exact.size(); ++i)
    EXPECT_NEAR(ours.at(static_cast<std::int64_t>(i)), exact[i],
                tolerance * (1 + std::abs(exact[i])));
}

TEST(Functional, ValueAndGradAgainstTheClosedForm) {
  const double x = -1.2, y = 1;
  const auto r = value_and_grad(rosenbrock, {Tensor({x, y}, Type::f64)});
  EXPECT_NEAR(r.value.item(), 24.2, 1e-12);
  expect_near(r.gradients[0], {-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)});
  EXPECT_FALSE(r.value.requires_grad());
}

TEST(Functional, HessianAgainstTheClosedForm) {
  const double x = -1.2, y = 1;
  const Tensor at({x, y}, Type::f64);
  expect_near(hessian(rosenbrock, {at}), {2 - 400 * (y - 3 * x * x), -400 * x, -400 * x, 200});
  expect_near(hvp(rosenbrock, {at}, {Tensor({2.0, -1.0}, Type::f64)})[0],
              {2 * (2 - 400 * (y - 3 * x * x)) + 400 * x, -800 * x - 200});
  const HessianProduct product(rosenbrock, {at});
  EXPECT_NEAR(product.value(), 24.2, 1e-12);
  for (int i = 0; i < 3; ++i)
    expect_near(product({Tensor({1.0, 0.0}, Type::f64)})[0], {2 - 400 * (y - 3 * x * x), -400 * x});
}

TEST(Functional, HessianAcrossInputs) {
  const Tensor a = points({2, 3}, 1), b = points({3}, 2);
  const auto f = [](const Tensors& x) {
    return sum(matmul(x[0], x[1].reshape({3, 1})) * 2.0) + sum(x[1] * x[1]);
  };
  const Tensor h = hessian(f, {a, b});
  ASSERT_EQ(h.shape(), (Shape{9, 9}));
  for (std::int64_t i = 0; i < 9; ++i)
    for (std::int64_t j = 0; j < 9; ++j) {
      const bool cross = (i < 6) != (j < 6) && (i % 3) == (j % 3);
      EXPECT_NEAR(h.at(i * 9 + j), cross ? 2 : i == j && i >= 6 ? 2 : 0, 1e-14) << i << " " << j;
    }
}

TEST(Functional, VjpAndJvpAgreeWithTheJacobian) {
  const Tensor x = points({4}, 3), m = points({3, 4}, 4);
  const auto f = [&](const Tensors& p) {
    return tanh(matmul(m, p[0].reshape({4, 1}))).reshape({3});
  };
  const Tensor v = points({3}, 5), u = points({4}, 6);
  Values left(4), right(3);
  for (std::int64_t i = 0; i < 3; ++i) {
    double z = 0;
    for (std::int64_t j = 0; j < 4; ++j) z += m.at(i * 4 + j) * x.at(j);
    const double slope = 1 - std::tanh(z) * std::tanh(z);
    for (std::int64_t j = 0; j < 4; ++j) {
      left[static_cast<std::size_t>(j)] += v.at(i) * slope * m.at(i * 4 + j);
      right[static_cast<std::size_t>(i)] += slope * m.at(i * 4 + j) * u.at(j);
    }
  }
  expect_near(vjp(f, {x}, v)[0], left);
  expect_near(jvp(f, {x}, {u}), right);
}

TEST(Functional, GradientsOfInputsThatAreNotLeaves) {
  Tensor x({1.0, 2.0}, Type::f64);
  x.requires_grad(true);
  const Tensor middle = x * x;
  const Tensor loss = sum(exp(middle));
  const Tensors g = gradients(loss, {middle, x});
  expect_near(g[0], {std::exp(1.0), std::exp(4.0)});
  expect_near(g[1], {2 * std::exp(1.0), 4 * std::exp(4.0)});
  EXPECT_FALSE(x.grad().defined());
}

TEST(Functional, WhatDoesNotMatterHasGradientZero) {
  Tensor x({1.0, 2.0}, Type::f64), y({3.0}, Type::f64);
  x.requires_grad(true);
  y.requires_grad(true);
  expect_near(gradients(sum(x), {x, y})[1], {0});
  expect_near(
      value_and_grad([](const Tensors&) { return Tensor::scalar(3, Type::f64); }, {x}).gradients[0],
      {0, 0});
  expect_near(hessian([](const Tensors& p) { return sum(p[0]); }, {x}), {0, 0, 0, 0});
  expect_near(jvp([](const Tensors&) { return Tensor({7.0}, Type::f64); }, {x}, {x.detach()}), {0});
}

TEST(Functional, CreateGraphGivesDerivativesOfAnyOrder) {
  Tensor x({1.5}, Type::f64);
  x.requires_grad(true);
  Tensor y = sum(x * x * x * x * x);
  const double exact[] = {5 * std::pow(1.5, 4), 20 * std::pow(1.5, 3), 60 * 1.5 * 1.5, 120 * 1.5,
                          120};
  for (const double e : exact) {
    y = gradients(y, {x}, true)[0];
    EXPECT_NEAR(y.item(), e, 1e-12 * e);
  }
}

TEST(Functional, PointsAreLeftAlone) {
  Tensor x({1.0, 2.0}, Type::f64);
  value_and_grad(rosenbrock, {x});
  EXPECT_FALSE(x.requires_grad());
  x.requires_grad(true);
  hessian(rosenbrock, {x});
  EXPECT_FALSE(x.grad().defined());
}

TEST(Functional, MisuseIsRefused) {
  Tensor x({1.0, 2.0}, Type::f64);
  expect_usage([&] { value_and_grad([](const Tensors& p) { return p[0]; }, {x}); },
               "[value_and_grad]", "(2)");
  expect_usage([&] { hvp(rosenbrock, {x}, {}); }, "[hvp]", "one direction for each input");
  expect_usage([&] { hvp(rosenbrock, {x}, {Tensor({1.0}, Type::f64)}); }, "(1)", "(2)");
  expect_usage([&] { value_and_grad(rosenbrock, {Tensor::zeros({2}, Type::i64)}); }, "int64");
  expect_usage([&] { gradients(sum(x), {Tensor()}); }, "[gradients]", "undefined");
  expect_usage([&] { gradients(Tensor(), {x}); }, "undefined");
  Tensor y({1.0, 2.0}, Type::f64);
  y.requires_grad(true);
  expect_usage([&] { gradients(sum(y), {y, y}); }, "given twice");
  expect_usage([&] { gradients(sum(y), {x}); }, "input 0 does not require a gradient");
  expect_usage([&] { gradients(sum(x), {x}); }, "input 0 does not require a gradient");
  expect_usage(
      [] {
        hessian([](const Tensors& p) { return sum(p[0]); }, {Tensor::zeros({10001}, Type::f64)});
      },
      "[hessian]", "10001", "hvp");
}

TEST(Gradcheck, AcceptsRightDerivatives) {
  const auto f = [](const Tensors& x) { return sum(exp(x[0]) * sin(x[1]) + tanh(x[0] * x[1])); };
  const Tensors at = {points({7}, 1), points({7}, 2)};
  const Gradcheck first = gradcheck(f, at), second = gradcheck_second(f, at);
  EXPECT_LE(first.worst, 1e-8);
  EXPECT_EQ(first.compared, 14);
  EXPECT_LE(second.worst, 1e-6);
  EXPECT_EQ(second.compared, 14 * 14);
}

TEST(Gradcheck, OfAFunctionThatDifferentiatesItself) {
  const auto slope_of_cubes = [](const Tensors& x) {
    return sum(square(gradients(sum(x[0] * x[0] * x[0]), {x[0]}, true)[0]));
  };
  EXPECT_LE(gradcheck(slope_of_cubes, {points({5}, 3)}).worst, 1e-7);
}

// An operation whose slope is off by one part in a thousand.
Tensor wrong_square(const Tensor& x) {
  Tensor y = square(x.detach());
  if (recorded({&x}))
    record("wrong", y, {&x}, [saved = Saved(x)](const Cotangent& g, Cotangents& out) {
      out.set(0, g.value() * saved() * 2.002);
    });
  return y;
}

TEST(Gradcheck, FindsAWrongSlopeAndItsPlace) {
  const Tensor at({0.1, 3.0, -0.2}, Type::f64);
  const Gradcheck r = gradcheck([](const Tensors& x) { return sum(wrong_square(x[0])); }, {at});
  EXPECT_NEAR(r.worst, 1e-3, 1e-6);
  EXPECT_EQ(r.input, 0);
  const Gradcheck one = gradcheck(
      [](const Tensors& x) { return sum(square(x[0])) + sum(slice(wrong_square(x[1]), 1, 2)); },
      {at, at});
  EXPECT_EQ(one.input, 1);
  EXPECT_EQ(one.element, 1);
  EXPECT_NEAR(one.ours, 6.006, 1e-9);
  EXPECT_NEAR(one.reference, 6, 1e-8);
  const Gradcheck nan =
      gradcheck([](const Tensors& x) { return sum(sqrt(x[0])); }, {Tensor({-1.0}, Type::f64)});
  EXPECT_FALSE(nan.worst <= 1e-8) << "NaN must not pass";
  expect_usage(
      [] {
        gradcheck([](const Tensors& x) { return sum(x[0]); }, {Tensor{1, 2}});
      },
      "[gradcheck]", "float64");
}

}  // namespace
}  // namespace downhill
