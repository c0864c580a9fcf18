// Losses of tensors with named predictions and targets.
#include <cmath>

#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/index.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

struct InfoNce {  // couples all rows: every other row is a negative
  static constexpr const char* name = "info_nce";
  static constexpr std::array<const char*, 2> predictions = {"left", "right"};
  Tensor operator()(const Tensor& left, const Tensor& right) const {
    const Tensor similar = matmul(left, right, false, true);
    return logsumexp(similar, -1) - sum(left * right, -1);
  }
};

struct Scaled {  // two targets, one of labels
  static constexpr const char* name = "scaled";
  static constexpr std::array<const char*, 1> predictions = {"x"};
  static constexpr std::array<const char*, 2> targets = {"row", "price"};
  void check(std::span<const Tensor> p, std::span<const Tensor> y) const {
    if (y[0].type() != Type::i64) throw_usage(name, "row must be int64");
    check_same_shape(name, "row", y[0], "price", y[1]);
    (void)p;
  }
  Tensor operator()(const Tensor& x, const Tensor& row, const Tensor& price) const {
    return square(pick(x, row)) * price;
  }
};

TEST(TensorLoss, RowsOfWeightZeroAreNoNeighbours) {
  const Loss loss = InfoNce{};
  const Tensor a = points({4, 3}, 1), b = points({4, 3}, 2);
  const Tensor kept = Tensor::from(std::vector<std::int64_t>{0, 2, 3});
  const Tensor w({1.0, 0, 1, 1}, Type::f64);
  EXPECT_EQ(loss({a, b}, {}, w).item(), loss({gather(a, kept), gather(b, kept)}).item());
  const auto masked = value_and_grad([&](const Tensors& x) { return loss(x, {}, w); }, {a, b});
  for (std::int64_t i = 3; i < 6; ++i) EXPECT_EQ(masked.gradients[0].at(i), 0);
  const Tensor each = loss.each({a, b}, {}, w);
  EXPECT_EQ(each.shape(), (Shape{4}));
  EXPECT_EQ(each.at(1), 0);
  EXPECT_EQ(loss.total_weight({a, b}, {}, w), 3);
  EXPECT_LE(gradcheck_second([&](const Tensors& x) { return loss(x, {}, w); }, {a, b}).worst, 1e-6);
}

TEST(TensorLoss, SeveralTargets) {
  const Loss loss = Scaled{};
  EXPECT_EQ(loss.targets(), 2);
  const Tensor x = points({3, 2}, 1), row({0.0, 1, 1}, Type::i64), price({1.0, 2, 3}, Type::f64);
  const std::vector<double> each = loss.each(x, {row, price}).to_vector();
  EXPECT_NEAR(each[1], 2 * x.at(3) * x.at(3), 1e-15);
  EXPECT_NEAR(loss(x, {row, price}, Tensor({1.0, 0, 1}, Type::f64)).item(), (each[0] + each[2]) / 2,
              1e-15);
  expect_usage([&] { loss(x, row); }, "[scaled]", "1 target(s)", "expected 2");
  expect_usage([&] { loss(x, {price, price}); }, "row must be int64");
  Tensor moving = price.clone();
  moving.requires_grad(true);
  expect_usage([&] { loss(x, {row, moving}); }, "price", "detach()");
}

TEST(TensorLoss, SupConByHand) {
  // Two pairs at right angles: a row's own pair is at angle 0, the others at 90 degrees.
  const Tensor f({{1.0, 0}, {0, 2}, {3, 0}, {0, 1}}, Type::f64), y({7.0, 8, 7, 8}, Type::i64);
  const Loss loss = SupCon{.temperature = 0.5};
  const double e = std::exp(2.0);
  for (const double v : loss.each(f, y).to_vector()) EXPECT_NEAR(v, std::log((e + 2) / e), 1e-14);
  // A row without a pair costs 0; labels may be any numbers.
  EXPECT_EQ(loss.each(f, Tensor({1.0, 2, 3, -4}, Type::i64)).to_vector(),
            (std::vector<double>{0, 0, 0, 0}));
  EXPECT_EQ(loss(slice(f, 0, 1), slice(y, 0, 1)).item(), 0);
  expect_usage([&] { loss(f, f); }, "[sup_con]", "labels", "int64");
  expect_usage([&] { loss(f, Tensor::zeros({3}, Type::i64)); }, "labels", "(3)", "(4)");
  const Tensor zero({{0.0, 0}, {1, 0}, {1, 1}}, Type::f64), two({0.0, 0, 1}, Type::i64);
  for (const double g : value_and_grad([&](const Tensors& x) { return loss(x[0], two); }, {zero})
                            .gradients[0]
                            .to_vector())
    EXPECT_TRUE(std::isfinite(g));
}

}  // namespace
}  // namespace downhill
