#include "downhill/inspect/spectrum.h"

#include <gtest/gtest.h>

#include "downhill/core/error.h"
#include "downhill/core/random.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/random.h"
#include "downhill/ops/reduce.h"
#include "tests/inspect/matrices.h"

namespace downhill {
namespace {

using namespace testing_matrices;

/// A tanh network 3-4-2 with mean squared error on 20 rows, as a function of its four parameters.
struct SmallNetwork {
  explicit SmallNetwork(Type type) {
    Random random(5);
    x = random_normal(random, {20, 3}, 0, 1, type);
    y = random_normal(random, {20, 2}, 0, 1, type);
    for (const Shape& shape : {Shape{4, 3}, Shape{4}, Shape{2, 4}, Shape{2}})
      at.push_back(random_normal(random, shape, 0, 0.7, type));
  }
  Tensor loss(const Tensors& p) const {
    return mean(square(linear(tanh(linear(x, p[0], p[1])), p[2], p[3]) - y));
  }
  HessianProduct product() const {
    return HessianProduct([this](const Tensors& p) { return loss(p); }, at);
  }
  Tensor full_hessian() const {
    return hessian([this](const Tensors& p) { return loss(p); }, at);
  }
  Tensor x, y;
  Tensors at;
};

TEST(Spectrum, OfAQuadraticWithKnownEnds) {
  Vector eigenvalues = range(400, 0.01, 0.01);
  eigenvalues.front() = -0.5;
  eigenvalues.back() = 12;
  const Spectrum found =
      spectrum(with_spectrum(eigenvalues), 400, {.steps = 100, .tolerance = 1e-9});
  EXPECT_TRUE(found.converged);
  EXPECT_NEAR(found.h1.value, 12, 1e-8);
  EXPECT_NEAR(found.hn.value, -0.5, 1e-8);
  EXPECT_LE(found.h1.residual(), 1.2e-8);
  EXPECT_LE(found.hn.residual(), 1e-9);
}

TEST(Spectrum, TheTutorialsHessian) {
  // Mean squared error of y = w x + b at x = 1, 2, 3, 4: eigenvalues (17 +- sqrt(269)) / 2.
  const Tensor x({{1}, {2}, {3}, {4}}, Type::f64), y({{3}, {5}, {7}, {9}}, Type::f64);
  const HessianProduct product(
      [&](const Tensors& p) { return mean(square(linear(x, p[0], p[1]) - y)); },
      {Tensor::zeros({1, 1}, Type::f64), Tensor::zeros({1}, Type::f64)});
  const Spectrum found = spectrum(product);
  EXPECT_NEAR(found.h1.value, (17 + std::sqrt(269.0)) / 2, 1e-12);
  EXPECT_NEAR(found.hn.value, (17 - std::sqrt(269.0)) / 2, 1e-12);
  EXPECT_TRUE(found.converged);
}

TEST(Spectrum, AgreesWithTheWholeHessianOfANetwork) {
  const SmallNetwork network(Type::f64);
  const HessianProduct product = network.product();
  const LinearOperator fast = hessian_operator(product);
  const Tensor whole = network.full_hessian();
  const auto n = static_cast<std::size_t>(whole.size(0));
  const Vector entries = whole.to_vector();
  const LinearOperator slow = [&](const Vector& v) {
    Vector w(n);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) w[i] += entries[i * n + j] * v[j];
    return w;
  };
  const Vector v = random_vector(n, 4), a = fast(v), b = slow(v);
  for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(a[i], b[i], 1e-12);
  const Lanczos all = lanczos(slow, static_cast<std::int64_t>(n));
  const Spectrum found = spectrum(product, {.tolerance = 1e-10});
  EXPECT_NEAR(found.h1.value, all.values.back(), 1e-9);
  EXPECT_NEAR(found.hn.value, all.values.front(), 1e-9);
}

TEST(Spectrum, OfAFloat32NetworkIsThatOfItsFloat64Twin) {
  SmallNetwork narrow(Type::f32);
  SmallNetwork wide(Type::f32);
  wide.x = wide.x.to(Type::f64);
  wide.y = wide.y.to(Type::f64);
  for (Tensor& p : wide.at) p = p.to(Type::f64);
  const Spectrum a = spectrum(narrow.product(), {.tolerance = 1e-6});
  const Spectrum b = spectrum(wide.product(), {.tolerance = 1e-10});
  EXPECT_NEAR(a.h1.value, b.h1.value, 2e-6 * b.h1.value);
  EXPECT_NEAR(a.hn.value, b.hn.value, 2e-6 * b.h1.value);
  EXPECT_LT(a.h1.residual(), 1e-5 * b.h1.value);
  EXPECT_LT(a.hn.residual(), 1e-5 * b.h1.value);
  EXPECT_LT(a.asymmetry, 1e-5);
  EXPECT_LT(b.asymmetry, 1e-13);
}

TEST(Operator, FlattenAndBack) {
  const Tensors tensors{Tensor({{1, 2}, {3, 4}}, Type::f32), Tensor({5, 6}, Type::f64)};
  const Vector flat = flatten(tensors);
  EXPECT_EQ(flat, Vector({1, 2, 3, 4, 5, 6}));
  const Tensors back = unflatten(flat, tensors);
  EXPECT_EQ(back[0].shape(), tensors[0].shape());
  EXPECT_EQ(back[1].type(), Type::f64);
  EXPECT_EQ(flatten(back), flat);
  EXPECT_THROW(unflatten({1, 2}, tensors), UsageError);
}

}  // namespace
}  // namespace downhill
