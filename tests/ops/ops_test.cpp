#include <cmath>
#include <cstring>
#include <limits>

#include "downhill/autodiff/functional.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/directions.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/index.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/random.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

using Values = std::vector<double>;
constexpr double kInf = std::numeric_limits<double>::infinity();

void expect_near(const Tensor& ours, const Values& exact, double tolerance = 1e-14) {
  ASSERT_EQ(ours.elements(), static_cast<std::int64_t>(exact.size()));
  for (std::size_t i = 0; i < exact.size(); ++i)
    EXPECT_NEAR(ours.at(static_cast<std::int64_t>(i)), exact[i],
                tolerance * (1 + std::abs(exact[i])));
}

TEST(Arithmetic, BroadcastsAsNumPy) {
  const Tensor a({{1.0, 2, 3}, {4.0, 5, 6}}, Type::f64), row({10.0, 20, 30}, Type::f64),
      column({{1.0}, {2.0}}, Type::f64);
  expect_near(a + row, {11, 22, 33, 14, 25, 36});
  expect_near(a - column, {0, 1, 2, 2, 3, 4});
  expect_near(row * column, {10, 20, 30, 20, 40, 60});
  expect_near(a / Tensor::scalar(2, Type::f64), {0.5, 1, 1.5, 2, 2.5, 3});
  expect_near(2.0 / row, {0.2, 0.1, 2.0 / 30});
  expect_near(1.0 - a, {0, -1, -2, -3, -4, -5});
  EXPECT_EQ((Tensor::zeros({0, 3}) + Tensor::ones({3})).shape(), (Shape{0, 3}));
  EXPECT_EQ((Tensor::zeros({0}) * Tensor::ones({1})).shape(), (Shape{0}));
}

TEST(Arithmetic, ErrorsNameBothShapesAndTypes) {
  const Tensor a = Tensor::ones({2, 3}), b = Tensor::ones({2, 4}),
               d = Tensor::ones({2, 3}, Type::f64);
  expect_usage([&] { a + b; }, "[add]", "(2, 3)", "(2, 4)");
  expect_usage([&] { a* Tensor::ones({2}); }, "[multiply]", "(2, 3)", "(2)");
  expect_usage([&] { a - d; }, "[subtract]", "float32", "float64");
  expect_usage([&] { a / Tensor::zeros({2, 3}, Type::i64); }, "[divide]", "int64");
  expect_usage([&] { Tensor::zeros({2}, Type::i64) + Tensor::zeros({2}, Type::i64); }, "int64");
  expect_usage([&] { a + Tensor(); }, "undefined");
  expect_usage([&] { Tensor() * a; }, "undefined");
  expect_usage([&] { exp(Tensor()); }, "[exp]", "undefined");
  expect_usage([&] { exp(Tensor::zeros({2}, Type::u8)); }, "[exp]", "uint8");
  expect_usage([&] { maximum(a, b); }, "[maximum]", "(2, 3)", "(2, 4)");
}

TEST(Elementwise, ValuesAtOddSizesInBothTypes) {
  for (const std::int64_t n : {0, 1, 3, 7, 9, 4097, 40001}) {
    for (const Type type : {Type::f32, Type::f64}) {
      const Tensor x = points({n}, 1, 0.1, 3, type);
      const double tolerance = type == Type::f32 ? 5e-7 : 1e-14;
      const auto check = [&](const Tensor& y, double (*f)(double)) {
        for (std::int64_t i = 0; i<n; i += n> 100 ? 97 : 1)
          ASSERT_NEAR(y.at(i), f(x.at(i)), tolerance * (1 + std::abs(f(x.at(i)))));
      };
      check(exp(x), std::exp);
      check(expm1(x), std::expm1);
      check(log(x), std::log);
      check(log1p(x), std::log1p);
      check(sqrt(x), std::sqrt);
      check(abs(-x), [](double v) { return v; });
      check(square(x), [](double v) { return v * v; });
      check(sin(x), std::sin);
      check(cos(x), std::cos);
      check(tanh(x), std::tanh);
      check(erf(x), std::erf);
      check(sigmoid(x), [](double v) { return 1 / (1 + std::exp(-v)); });
      check(softplus(x), [](double v) { return std::log1p(std::exp(v)); });
      check(relu(x - 1.0), [](double v) { return v > 1 ? v - 1 : 0; });
      check(pow(x, 2.5), [](double v) { return std::pow(v, 2.5); });
      check(pow(x, x), [](double v) { return std::pow(v, v); });
      check(maximum(x, x * x), [](double v) { return std::max(v, v * v); });
      check(minimum(x, x * x), [](double v) { return std::min(v, v * v); });
    }
  }
}

TEST(Elementwise, SameBitsForOneToFourThreads) {
  const Tensor x = points({100003}, 2, -3, 3, Type::f32);
  Values first;
  for (int threads = 1; threads <= 4; ++threads) {
    const Threads chosen(threads);
    Values all = (tanh(x) * exp(x)).to_vector();
    all.push_back(sum(x).item());
    all.push_back(norm(x).item());
    for (const double v : sum(x.reshape({1, 100003}), 0).to_vector()) all.push_back(v);
    for (const double v : softmax(slice(x, 0, 100000).reshape({100, 1000})).to_vector())
      all.push_back(v);
    if (threads == 1) first = all;
    EXPECT_EQ(std::memcmp(first.data(), all.data(), all.size() * 8), 0) << threads;
  }
}

TEST(Reduce, ValuesAndAxes) {
  const Tensor x({{1.0, 5, 3}, {4.0, 2, 6}}, Type::f64);
  EXPECT_EQ(sum(x).item(), 21);
  expect_near(sum(x, 0), {5, 7, 9});
  expect_near(sum(x, -1, true), {9, 12});
  EXPECT_EQ(sum(x, -1, true).shape(), (Shape{2, 1}));
  EXPECT_EQ(mean(x).item(), 3.5);
  expect_near(mean(x, 0), {2.5, 3.5, 4.5});
  expect_near(max(x, 1), {5, 6});
  expect_near(max(x, 0), {4, 5, 6});
  EXPECT_EQ(max(x).item(), 6);
  EXPECT_EQ(argmax(x, 1).to_vector(), (Values{1, 2}));
  EXPECT_EQ(argmax(x, 0).to_vector(), (Values{1, 0, 1}));
  EXPECT_EQ(argmax(Tensor({2.0, 7, 7}, Type::f64)).item(), 1);
  EXPECT_EQ(argmax(Tensor({2.0, kInf, std::nan("")}, Type::f64)).item(), 2);
  EXPECT_TRUE(std::isnan(max(Tensor({std::nan(""), 7.0}, Type::f64)).item()));
  EXPECT_EQ(dot(x, x).item(), 91);
  EXPECT_EQ(sum(Tensor::zeros({0})).item(), 0);
  expect_near(sum(Tensor::zeros({0, 3}, Type::f64), 0), {0, 0, 0});
}

TEST(Reduce, NormNeitherOverflowsNorVanishes) {
  EXPECT_EQ(norm(Tensor({3.0, 4.0}, Type::f64)).item(), 5);
  EXPECT_NEAR(norm(Tensor({3e200, 4e200}, Type::f64)).item() / 5e200, 1, 1e-15);
  EXPECT_NEAR(norm(Tensor({3e-200, 4e-200}, Type::f64)).item() / 5e-200, 1, 1e-15);
  EXPECT_NEAR(norm(Tensor({3e-40, 4e-40})).item() / 5e-40, 1, 1e-4);
  EXPECT_GT(norm(Tensor({5e-324}, Type::f64)).item(), 0);
  EXPECT_EQ(norm(Tensor({0.0, kInf}, Type::f64)).item(), kInf);
  EXPECT_TRUE(std::isnan(norm(Tensor({0.0, std::nan("")}, Type::f64)).item()));
  Tensor zero = Tensor::zeros({3}, Type::f64);
  zero.requires_grad(true);
  norm(zero).backward();
  expect_near(zero.grad(), {0, 0, 0});
  EXPECT_EQ(norm(Tensor::zeros({0})).item(), 0);
}

TEST(Reduce, ErrorsAreNamed) {
  const Tensor x = Tensor::ones({2, 3});
  expect_usage([&] { sum(x, 2); }, "[sum]", "axis 2");
  expect_usage([&] { mean(Tensor::zeros({0})); }, "[mean]", "no elements");
  expect_usage([&] { mean(Tensor::zeros({2, 0}), 1); }, "[mean]", "no elements");
  expect_usage([&] { max(Tensor::zeros({0})); }, "[max]", "no elements");
  expect_usage([&] { softmax(Tensor::zeros({2, 0})); }, "[softmax]", "no elements");
  expect_usage([&] { dot(x, Tensor::ones({3, 2})); }, "[dot]", "(2, 3)", "(3, 2)");
  expect_usage([&] { sum(Tensor::zeros({2}, Type::i64)); }, "[sum]", "int64");
}

TEST(Softmax, LogsumexpOfInfinities) {
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(logsumexp(Tensor({1.0, inf}, Type::f64), 0).item(), inf);
  EXPECT_EQ(logsumexp(Tensor({-inf, -inf}, Type::f64), 0).item(), -inf);
}

TEST(Softmax, IsStable) {
  const Tensor x({{1e4, 1e4 - 1, -1e4}, {-kInf, 0.0, -kInf}}, Type::f64);
  const double e = std::exp(-1.0);
  expect_near(softmax(x), {1 / (1 + e), e / (1 + e), 0, 0, 1, 0});
  expect_near(logsumexp(x), {1e4 + std::log1p(e), 0});
  EXPECT_EQ(logsumexp(Tensor({-kInf, -kInf}, Type::f64)).item(), -kInf);
  expect_near(log_softmax(Tensor({{1.0, 2.0}}, Type::f64), 0), {0, 0});
  EXPECT_EQ(logsumexp(x, 0, true).shape(), (Shape{1, 3}));
}

TEST(Matmul, ValuesAndErrors) {
  const Tensor a({{1.0, 2}, {3.0, 4}, {5.0, 6}}, Type::f64),
      b({{1.0, 0, 2}, {0.0, 1, 3}}, Type::f64);
  expect_near(matmul(a, b), {1, 2, 8, 3, 4, 18, 5, 6, 28});
  expect_near(matmul(a, a, true, false), {35, 44, 44, 56});
  expect_near(matmul(b, a, true, true), {1, 3, 5, 2, 4, 6, 8, 18, 28});
  expect_near(linear(a, transpose(b), Tensor({1.0, 2, 3}, Type::f64)),
              {2, 4, 11, 4, 6, 21, 6, 8, 31});
  expect_usage([&] { matmul(a, a); }, "[matmul]", "(3, 2)", "inner sizes 2 and 3");
  expect_usage([&] { matmul(a, Tensor::ones({2}, Type::f64)); }, "[matmul]", "(2)", "matrix");
  expect_usage([&] { linear(a, a.reshape({2, 3})); }, "[linear]", "(3, 2)", "(2, 3)");
  expect_usage([&] { linear(a, a, Tensor::ones({4}, Type::f64)); }, "[linear]", "bias", "(4)");
  expect_usage([&] { matmul(a, b.to(Type::f32)); }, "float32");
  EXPECT_EQ(matmul(Tensor::zeros({0, 2}), Tensor::zeros({2, 3})).shape(), (Shape{0, 3}));
  EXPECT_EQ(sum(matmul(Tensor::zeros({2, 0}), Tensor::zeros({0, 3}))).item(), 0);
}

TEST(Shapes, MoveNumbers) {
  const Tensor x({{1.0, 2, 3}, {4.0, 5, 6}}, Type::f64);
  expect_near(transpose(x), {1, 4, 2, 5, 3, 6});
  expect_near(slice(x, 1, 2), {4, 5, 6});
  EXPECT_TRUE(slice(x, 1, 2).shares(x));
  expect_near(slice(x, -2, -1, 1), {2, 5});
  const Tensor index({1.0, 0, 1}, Type::i64);
  expect_near(gather(x, index), {4, 5, 6, 1, 2, 3, 4, 5, 6});
  expect_near(scatter_add(Tensor({{1.0}, {2.0}, {4.0}}, Type::f64), index, 3), {2, 5, 0});
  expect_near(pick(x, Tensor({2.0, 0.0}, Type::i64)), {3, 4});
  expect_near(concat({x, x}, 1), {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6});
  expect_near(expand(Tensor({{1.0}, {2.0}}, Type::f64), {2, 2, 2}), {1, 1, 2, 2, 1, 1, 2, 2});
  expect_near(sum_to(x, {1, 3}), {5, 7, 9});
  EXPECT_EQ(unsqueeze(x, 1).shape(), (Shape{2, 1, 3}));
  EXPECT_EQ(squeeze(unsqueeze(x, -1), 2).shape(), x.shape());
  EXPECT_EQ(slice(x, 1, 1).elements(), 0);
}

TEST(Shapes, ErrorsAreNamed) {
  const Tensor x = Tensor::ones({2, 3});
  expect_usage([&] { slice(x, 0, 3); }, "[slice]", "0..3", "size 2");
  expect_usage([&] { slice(x, 2, 1); }, "[slice]");
  expect_usage([&] { gather(x, Tensor({2.0}, Type::i64)); }, "[gather]", "index[0] = 2", "[0, 2)");
  expect_usage([&] { gather(x, Tensor({-1.0}, Type::i64)); }, "index[0] = -1");
  expect_usage([&] { gather(x, Tensor({0.0})); }, "float32", "int64");
  expect_usage([&] { pick(x, Tensor({0.0}, Type::i64)); }, "[pick]", "(1)", "(2)");
  expect_usage([&] { pick(x, Tensor({0.0, 3.0}, Type::i64)); }, "index[1] = 3");
  expect_usage([&] { concat({}); }, "[concat]");
  expect_usage([&] { concat({x, Tensor::ones({3, 3})}, 1); }, "[concat]", "(2, 3)", "(3, 3)");
  expect_usage([&] { expand(x, {3}); }, "[expand]");
  expect_usage([&] { expand(x, {4, 3}); }, "(2, 3)", "(4, 3)");
  expect_usage([&] { squeeze(x, 0); }, "[squeeze]", "size 2");
  expect_usage([&] { transpose(Tensor::ones({3})); }, "[transpose]");
  expect_usage([&] { scatter_add(x, Tensor({0.0}, Type::i64), 2); }, "(2, 3)", "(1)");
}

TEST(Compare, MasksAndWhere) {
  const Tensor a({1.0, 2, 3}, Type::f64), b({3.0, 2, 1}, Type::f64), bad({std::nan("")}, Type::f64);
  EXPECT_EQ((a < b).to_vector(), (Values{1, 0, 0}));
  EXPECT_EQ((a <= b).to_vector(), (Values{1, 1, 0}));
  EXPECT_EQ((a > 1.5).to_vector(), (Values{0, 1, 1}));
  EXPECT_EQ((a >= b).to_vector(), (Values{0, 1, 1}));
  EXPECT_EQ(equal(a, b).to_vector(), (Values{0, 1, 0}));
  EXPECT_EQ(isnan(bad).item(), 1);
  EXPECT_EQ((bad < a).to_vector(), (Values{0, 0, 0}));
  expect_near(where(a < b, a, Tensor::scalar(9, Type::f64)), {1, 9, 9});
  expect_usage([&] { where(a, a, b); }, "[where]", "float64", "uint8");
  expect_usage([&] { (void)(a < Tensor::ones({2}, Type::f64)); }, "[less]", "(3)", "(2)");
}

TEST(RandomTensors, DependOnSeedAlone) {
  Random a(5), b(5);
  EXPECT_EQ(random_normal(a, {3, 4}).to_vector(), random_normal(b, {3, 4}).to_vector());
  const Tensor order = permutation(a, 101);
  Values seen(101);
  for (const double v : order.to_vector()) ++seen[static_cast<std::size_t>(v)];
  EXPECT_EQ(seen, Values(101, 1));
  EXPECT_EQ(permutation(a, 0).elements(), 0);
  for (const double v : random_uniform(a, {1000}, -2, 3).to_vector())
    EXPECT_TRUE(v >= -2 && v <= 3);
}

TEST(Directions, AndLengthsOfRowsOfAnySize) {
  for (const double unit : {1.0, 1e-200, 1e200, 1e-300}) {
    Tensor x = Tensor::from(std::vector<double>{3 * unit, 4 * unit, 0, 0, -8 * unit, 6 * unit},
                            Shape{3, 2});
    x.requires_grad(true);
    const Tensor size = lengths(x), d = directions(x);
    EXPECT_EQ(lengths(x, true).shape(), (Shape{3, 1}));
    for (const auto& [row, expected] : {std::pair(0, 5 * unit), {1, 0.0}, {2, 10 * unit}})
      EXPECT_NEAR(size.at(row), expected, 1e-15 * expected) << unit;
    const double expected[] = {0.6, 0.8, 0, 0, -0.8, 0.6};
    for (int i = 0; i < 6; ++i) EXPECT_NEAR(d.at(i), expected[i], 4e-16) << unit;
    sum(size).backward();
    for (int i = 0; i < 6; ++i) EXPECT_NEAR(x.grad().at(i), expected[i], 4e-16) << unit;
    // d(3/5)/d3 = 16/125, and along the row nothing changes.
    const Tensor slope = gradients(
        sum(d * Tensor::from(std::vector<double>{1, 0, 1, 1, 0, 0}, Shape{3, 2})), {x})[0];
    EXPECT_NEAR(slope.at(0) * unit, 0.128, 1e-15) << unit;
    EXPECT_NEAR(slope.at(1) * unit, -0.096, 1e-15) << unit;
    for (int i = 2; i < 6; ++i)
      EXPECT_EQ(slope.at(i), 0) << "a row of zeros, and one not asked for";
  }
  // Many rows, by several threads and in single precision.
  const Tensor many = points({600, 70}, 5).to(Type::f32), size = lengths(many);
  for (int row = 0; row < 600; row += 37) {
    double squares = 0;
    for (int i = 0; i < 70; ++i) squares += std::pow(many.at(row * 70 + i), 2);
    EXPECT_NEAR(size.at(row), std::sqrt(squares), 1e-6);
  }
  EXPECT_EQ(lengths(Tensor::zeros({2, 0})).at(1), 0);
  EXPECT_THROW(directions(Tensor::scalar(1)), UsageError);
}

}  // namespace
}  // namespace downhill
