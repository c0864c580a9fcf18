// Elements of several columns, formulas that know their column, by hand and at the edges.
#include <cmath>

#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

Tensor t(std::initializer_list<Literal> values) { return Tensor(values, Type::f64); }
std::vector<double> slope(const Loss& loss, const Tensor& p, const Tensor& y) {
  return value_and_grad([&](const Tensors& x) { return loss.sum(x[0], y); }, {p})
      .gradients[0]
      .to_vector();
}
void expect_finite(const std::vector<double>& values) {
  for (const double v : values) EXPECT_TRUE(std::isfinite(v)) << v;
}

TEST(Columns, GIoUByHand) {
  const Loss loss = GIoU{.eps = 0};
  // Unit squares: the same; half over one another (1/3, enclosed by 1.5); one apart (0, enclosed 3).
  const Tensor p = t({{0, 0, 1, 1}, {0, 0, 1, 1}, {0, 0, 1, 1}}),
               y = t({{0, 0, 1, 1}, {0.5, 0, 1.5, 1}, {2, 0, 3, 1}});
  const std::vector<double> each = loss.each(p, y).to_vector();
  EXPECT_NEAR(each[0], 0, 1e-15);
  EXPECT_NEAR(each[1], 1 - 1.0 / 3, 1e-15);
  EXPECT_NEAR(each[2], 1 + 1.0 / 3, 1e-15);
  EXPECT_EQ(loss.columns(), 4);
  EXPECT_EQ(loss.each(points({2, 5, 4}, 1), points({2, 5, 4}, 2)).shape(), (Shape{2, 5}));
  expect_usage([&] { loss(points({2, 3}, 1), points({2, 3}, 1)); }, "[giou]", "(..., 4)");
  expect_usage([&] { loss(p, y, Tensor::ones({3, 4}, Type::f64)); }, "weight", "expected (3)");
}

TEST(Columns, DegenerateBoxes) {
  const Tensor flat = t({{0, 0, 0, 0}, {1, 1, 0, 0}, {0, 0, 0, 1}}), box = t({{0, 0, 1, 1}});
  for (const Loss& loss : {Loss(GIoU{}), Loss(CIoU{})}) {
    const Tensor y = t({{0, 0, 0, 0}, {0, 0, 1, 1}, {0, 0, 1, 1}});
    expect_finite(loss.each(flat, y).to_vector());
    expect_finite(slope(loss, flat, y));
    EXPECT_NEAR(loss.each(box, box).item(), 0, 1e-6);
  }
  EXPECT_EQ(Loss(GIoU{}).each(t({{0, 0, 0, 0}}), t({{0, 0, 0, 0}})).item(), 1);
}

TEST(Columns, CIoUByHand) {
  // Squares of side 2 with centres 1 apart: overlap 2 of 6, d^2 = 1, c^2 = 9 + 4, equal proportions.
  EXPECT_NEAR(Loss(CIoU{.eps = 1e-15}).each(t({{0, 0, 2, 2}}), t({{1, 0, 3, 2}})).item(),
              1 - 1.0 / 3 + 1.0 / 13, 1e-13);
  // One box of 2 x 1 in the middle of one of 1 x 2: overlap 1 of 3, v from atan 1/2 and atan 2.
  const double turn = std::atan(2.0) - std::atan(0.5), v = 4 / (M_PI * M_PI) * turn * turn;
  EXPECT_NEAR(Loss(CIoU{.eps = 1e-15}).each(t({{0, 0.5, 2, 1.5}}), t({{0.5, 0, 1.5, 2}})).item(),
              2.0 / 3 + v * v / (2.0 / 3 + v), 1e-13);
}

TEST(Columns, MeanAndVarianceInOneTensorOrTwo) {
  const Loss loss = GaussianNLL{};
  const Tensor both = points({1000, 2}, 1, 0.3, 3), y = points({1000}, 2);
  Tensor mean = Tensor::zeros({1000}, Type::f64), variance = mean.clone();
  for (std::int64_t i = 0; i < 1000; ++i) {
    mean.set(i, both.at(2 * i));
    variance.set(i, both.at(2 * i + 1));
  }
  EXPECT_NEAR(loss(both, y).item(), loss({mean, variance}, y).item(), 1e-15);
  const auto packed = slope(loss, both, y);
  const auto apart =
      value_and_grad([&](const Tensors& x) { return loss.sum(x, y); }, {mean, variance}).gradients;
  for (std::int64_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(packed[static_cast<std::size_t>(2 * i)], apart[0].at(i));
    EXPECT_EQ(packed[static_cast<std::size_t>(2 * i + 1)], apart[1].at(i));
  }
  EXPECT_LE(gradcheck_second([&](const Tensors& x) { return loss(x[0], points({6}, 3)); },
                             {points({6, 2}, 4, 0.3, 3)})
                .worst,
            1e-6);
  // A mean of 1e200: its slope is r / v, finite.
  const auto far =
      value_and_grad([&](const Tensors& x) { return loss.sum(x, t({0})); }, {t({1e200}), t({1e-6})})
          .gradients;
  EXPECT_NEAR(far[0].item() / 1e206, 1, 1e-14);
}

struct Quantiles {  // two of them, of one target
  static constexpr int columns = 2, target_columns = 1;
  constexpr auto operator()(const auto& p, const auto& y) const {
    return max(0.1 * (y - p[0]), -0.9 * (y - p[0])) + max(0.9 * (y - p[1]), -0.1 * (y - p[1]));
  }
};

TEST(Columns, OneOfYourOwn) {
  const Loss loss = Quantiles{};
  EXPECT_NEAR(loss(t({{0, 3}}), t({1})).item(), 0.1 + 0.2, 1e-15);
  EXPECT_EQ(slope(loss, t({{0, 3}}), t({1})), (std::vector<double>{-0.1, 0.1}));
  EXPECT_EQ(loss.columns(), 2);
  expect_usage([&] { loss(t({{0, 3}}), t({{1, 1}})); }, "(1, 2)", "expected (1)");
}

TEST(Columns, APriceForEachClass) {
  const Loss loss = Loss::parse("bce_with_logits:pos_weight=1;3"), one = BCEWithLogits{};
  const Tensor x = points({5000, 2}, 1), y = points({5000, 2}, 2, 0, 1);
  const Loss three = BCEWithLogits{.pos_weight = 3};
  const auto each = loss.each(x, y).to_vector(), a = one.each(x, y).to_vector(),
             b = three.each(x, y).to_vector();
  for (std::size_t i = 0; i < each.size(); ++i)
    ASSERT_NEAR(each[i], i % 2 == 0 ? a[i] : b[i], 1e-15) << i;
  expect_usage([&] { loss(points({4}, 1), points({4}, 1, 0, 1)); }, "2 entries", "(4)");
  expect_usage([] { Loss::parse("bce_with_logits:pos_weight=1;-3"); }, "pos_weight");
  const Loss rare = Focal{.alpha = {0.25, 0.75}};
  EXPECT_NEAR(rare(t({{0, 0}}), t({{1, 1}})).item(), 0.5 * 0.25 * std::log(2.0), 1e-15);
  EXPECT_EQ(Loss::parse(rare.text()).text(), rare.text());
}

TEST(LossEdges, InfiniteLogitsThatAreRightCostNothing) {
  const double inf = std::numeric_limits<double>::infinity();
  const Loss loss = BCEWithLogits{};
  EXPECT_NEAR(loss(t({inf, 1}), t({1, 0})).item(), 0.6566308, 1e-7);
  const auto g = slope(loss, t({inf, 1}), t({1, 0}));
  EXPECT_EQ(g[0], 0);
  EXPECT_NEAR(g[1], 0.7310585786300049, 1e-15);
  EXPECT_EQ(loss.each(t({-inf, inf}), t({0, 0})).to_vector(), (std::vector<double>{0, inf}));
  expect_finite(Loss(Focal{}).each(t({800, -800}), t({1, 0})).to_vector());
  expect_finite(slope(Focal{.gamma = 0.5}, t({800, -800, 3}), t({1, 0, 1})));
}

TEST(LossEdges, TargetsOutsideTheirRangeAreRefused) {
  const Loss all[] = {BCEWithLogits{}, BCE{}, Focal{}};
  for (const Loss& loss : all) {
    expect_usage([&] { loss(t({0.5, 0.5}), t({1, 2})); }, "target[1] = 2", "[0, 1]");
    expect_usage([&] { loss(t({0.5}), t({-0.1})); }, "target[0] = -0.1");
    EXPECT_TRUE(std::isfinite(loss(t({0.5, 0.5}), t({1, 2}), t({1, 0})).item()));
  }
}

TEST(LossEdges, BceClampsItsLogarithms) {
  const Loss loss = BCE{};
  EXPECT_EQ(loss.each(t({0, 1, 0, 1}), t({1, 0, 0, 1})).to_vector(),
            (std::vector<double>{100, 100, 0, 0}));
  expect_finite(slope(loss, t({0, 1, 0, 1}), t({1, 0, 0, 1})));
  EXPECT_NEAR(slope(loss, t({0.25}), t({1}))[0], -4, 1e-15);
}

TEST(LossEdges, ConfidentRowsKeepTheirDigits) {
  const Tensor x = t({{40, 0, 0}}), y = Tensor({0.0}, Type::i64);
  EXPECT_NEAR(Loss(CrossEntropy{})(x, y).item() / (2 * std::exp(-40.0)), 1, 1e-14);
  const auto g = slope(CrossEntropy{}, x, y);
  EXPECT_NEAR(g[0] / (-2 * std::exp(-40.0)), 1, 1e-14);
  EXPECT_NEAR(g[1] / std::exp(-40.0), 1, 1e-14);
}

TEST(LossEdges, TripletSurvivesHugeDistances) {
  const Loss loss = Triplet{.eps = 0};
  const Tensors at = {t({{0, 0}}), t({{3e200, 4e200}}), t({{0, 1e200}})};
  const auto r = value_and_grad([&](const Tensors& x) { return loss.sum(x); }, at);
  EXPECT_NEAR(r.value.item() / 4e200, 1, 1e-14);
  EXPECT_NEAR(r.gradients[1].at(0), 0.6, 1e-14);
  EXPECT_NEAR(r.gradients[0].at(1), -0.8 + 1, 1e-14);
}

}  // namespace
}  // namespace downhill
