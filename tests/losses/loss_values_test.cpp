// Values and slopes by hand, at kinks and at extremes.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "downhill/ops/shape.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

using Values = std::vector<double>;
constexpr double kInf = std::numeric_limits<double>::infinity();

Tensor t(std::initializer_list<Literal> values) { return Tensor(values, Type::f64); }
Tensor label(std::initializer_list<Literal> values) { return Tensor(values, Type::i64); }
Tensors one(const Tensor& x) { return {x}; }
Values slope(const Loss& loss, const Tensor& p, const Tensor& y) {
  return value_and_grad([&](const Tensors& x) { return loss.sum(x[0], y); }, {p})
      .gradients[0]
      .to_vector();
}
void expect_near(const Values& ours, const Values& exact) {
  ASSERT_EQ(ours.size(), exact.size());
  for (std::size_t i = 0; i < exact.size(); ++i)
    EXPECT_NEAR(ours[i], exact[i], 1e-14 * (1 + std::abs(exact[i]))) << i;
}

TEST(LossValues, Mse) {
  const Loss loss = MSE{};
  expect_near(loss.each(t({1, -2}), t({0, 1})).to_vector(), {1, 9});
  EXPECT_EQ(loss(t({1, -2}), t({0, 1})).item(), 5);
  EXPECT_EQ(loss.sum(t({1, -2}), t({0, 1})).item(), 10);
  EXPECT_EQ(loss(t({1, -2}), t({0, 1}), t({3, 1})).item(), 3);
  expect_near(slope(loss, t({1, -2}), t({0, 1})), {2, -6});
  EXPECT_EQ(loss.name(), "mse");
}

TEST(LossValues, MaeAndHuber) {
  const Loss mae = MAE{}, huber = Huber{.delta = 2};
  expect_near(mae.each(t({3, 1, 2}), t({1, 3, 2})).to_vector(), {2, 2, 0});
  expect_near(slope(mae, t({3, 1, 2}), t({1, 3, 2})), {1, -1, 0});
  expect_near(huber.each(t({1, -1, 2, -2, 5, -5, 0}), Tensor::zeros({7}, Type::f64)).to_vector(),
              {0.5, 0.5, 2, 2, 8, 8, 0});
  expect_near(slope(huber, t({1, -1, 2, -2, 5, -5, 0}), Tensor::zeros({7}, Type::f64)),
              {1, -1, 2, -2, 2, -2, 0});
  const Tensor h =
      hessian([&](const Tensors& x) { return huber.sum(x[0], Tensor::zeros({4}, Type::f64)); },
              {t({0, 2, 2.5, -1})});
  expect_near({h.at(0), h.at(5), h.at(10), h.at(15)}, {1, 1, 0, 1});
  EXPECT_EQ(huber.each(t({kInf}), t({0})).item(), kInf);
  expect_near(slope(huber, t({1e300, -1e300}), t({0, 0})), {2, -2});
}

TEST(LossValues, BceWithLogits) {
  const Loss loss = BCEWithLogits{}, costly = BCEWithLogits{.pos_weight = 3};
  const double l = std::log(2.0);
  expect_near(loss.each(t({0, 0, 0}), t({0, 1, 0.25})).to_vector(), {l, l, l});
  expect_near(costly.each(t({0, 0}), t({0, 1})).to_vector(), {l, 3 * l});
  expect_near(slope(costly, t({0, 0}), t({0, 1})), {0.5, -1.5});
  const Tensor h = hessian(
      [&](const Tensors& x) {
        return costly.sum(x[0], t({0, 1}));
      },
      {t({0, 0})});
  expect_near(h.to_vector(), {0.25, 0, 0, 0.75});
}

TEST(LossValues, BceKeepsItsDigitsWhereThePredictionIsRight) {
  for (const double x : {20.0, 32.43562936752206, 40.0}) {
    const std::vector<double> each = Loss(BCEWithLogits{}).each(t({-x, x}), t({0, 1})).to_vector();
    for (const double v : each) EXPECT_NEAR(v / std::log1p(std::exp(-x)), 1, 1e-14) << x;
  }
}

TEST(LossValues, BceAtExtremeLogits) {
  for (const double x : {88.8, 745.0, 1e4, 1e300}) {
    const Loss loss = BCEWithLogits{};
    expect_near(loss.each(t({x, x, -x, -x}), t({0, 1, 0, 1})).to_vector(),
                {x, std::exp(-x), std::exp(-x), x});
    expect_near(slope(loss, t({x, x, -x, -x}), t({0, 1, 0, 1})),
                {1, -std::exp(-x), std::exp(-x), -1});
    const Tensor h = hessian([&](const Tensors& p) { return loss.sum(p[0], t({1})); }, {t({x})});
    EXPECT_TRUE(std::isfinite(h.item()));
    const Tensor single = loss.each(Tensor{x < 1e30 ? x : 1e30}, Tensor{0});
    EXPECT_TRUE(std::isfinite(single.item()));
  }
  EXPECT_TRUE(std::isnan(Loss(BCEWithLogits{})(t({std::nan("")}), t({1})).item()));
}

TEST(LossValues, GaussianNll) {
  const Loss loss = GaussianNLL{}, full = GaussianNLL{.full = true};
  EXPECT_NEAR(loss({t({1}), t({4})}, t({3})).item(), 0.5 * (std::log(4.0) + 1), 1e-15);
  EXPECT_NEAR(full({t({1}), t({4})}, t({3})).item(), 0.5 * (std::log(8 * std::acos(-1.0)) + 1),
              1e-15);
  const auto at = [&](double v) {
    return value_and_grad(
        [&](const Tensors& x) {
          return loss({x[0], x[1]}, t({3}));
        },
        {t({1}), t({v})});
  };
  EXPECT_NEAR(at(4).gradients[0].item(), -0.5, 1e-15);
  EXPECT_NEAR(at(4).gradients[1].item(), 0.5 * (0.25 - 0.25), 1e-15);
  for (const double v : {0.0, 1e-6, 1e-300}) {  // clamped at eps; the slope passes: it can rise
    EXPECT_NEAR(at(v).value.item(), 0.5 * (std::log(1e-6) + 4e6), 1e-9);
    EXPECT_NEAR(at(v).gradients[1].item(), 0.5 * (1e6 - 4e12), 1e-2);
  }
  EXPECT_TRUE(std::isnan(at(std::nan("")).value.item()));
  expect_error<UsageError>([&] { at(-1); }, "variance[0] = -1 is outside [0, inf]");
}

TEST(LossValues, CrossEntropy) {
  const Loss loss = CrossEntropy{};
  const double l = std::log(3.0);
  expect_near(loss.each(t({{1, 1, 1}, {0, 0, 0}}), label({0, 2})).to_vector(), {l, l});
  const double e = std::exp(1.0), s = 2 + e;
  expect_near(slope(loss, t({{1, 0, 0}}), label({0})), {e / s - 1, 1 / s, 1 / s});
  const Loss weighted = CrossEntropy{.weight = {1, 2, 4}};
  EXPECT_NEAR(weighted(t({{1, 1, 1}, {0, 0, 0}}), label({1, 2})).item(), l, 1e-15);
  EXPECT_EQ(weighted.total_weight(one(t({{1, 1, 1}, {0, 0, 0}})), label({1, 2})), 6);
  expect_near(loss.each(t({{1, 0, 0}}), t({{0.5, 0.25, 0.25}})).to_vector(), {std::log(s) - 0.5});
  const Loss smooth = CrossEntropy{.label_smoothing = 0.3};
  expect_near(smooth.each(t({{1, 0, 0}}), label({0})).to_vector(), {std::log(s) - 0.8});
  EXPECT_EQ(loss(t({{5}}), label({0})).item(), 0);  // one class
}

TEST(LossValues, CrossEntropyAtExtremes) {
  const Loss loss = CrossEntropy{}, smooth = CrossEntropy{.label_smoothing = 0.1};
  for (const double x : {88.8, 745.0, 1e4, 1e300}) {
    expect_near(loss.each(t({{x, -x}, {x, -x}}), label({0, 1})).to_vector(), {0, 2 * x});
    expect_near(slope(loss, t({{x, -x}}), label({1})), {1, -1});
    EXPECT_NEAR(smooth(t({{x, -x}}), label({0})).item() / (0.1 * x), 1, 1e-12);
  }
  // A logit of -inf is a class that cannot be: fine while nothing asks for it.
  expect_near(loss.each(t({{0, -kInf, 0}}), label({0})).to_vector(), {std::log(2.0)});
  expect_near(slope(loss, t({{0, -kInf, 0}}), label({0})), {-0.5, 0, 0.5});
  expect_near(loss.each(t({{0, -kInf, 0}}), t({{1, 0, 0}})).to_vector(), {std::log(2.0)});
  EXPECT_EQ(loss(t({{0, -kInf, 0}}), label({1})).item(), kInf);
  EXPECT_TRUE(std::isnan(loss(t({{-kInf, -kInf}}), label({0})).item()));
  EXPECT_TRUE(std::isnan(loss(t({{0, std::nan("")}}), label({0})).item()));
}

TEST(LossValues, CrossEntropyIgnoresRows) {
  Tensor x = t({{1, 2, 3}, {3, 1, 2}});
  const Loss loss = CrossEntropy{};
  EXPECT_EQ(loss(x, label({-100, 0})).item(), loss(t({{3, 1, 2}}), label({0})).item());
  EXPECT_EQ(loss.total_weight(one(x), label({-100, 0})), 1);
  for (const Loss& all :
       {Loss(CrossEntropy{}), Loss(CrossEntropy{.label_smoothing = 0.1, .weight = {1, 2, 3}})}) {
    const auto r = value_and_grad(
        [&](const Tensors& p) {
          return all(p[0], label({-100, -100}));
        },
        {x});
    EXPECT_EQ(r.value.item(), 0);
    for (const double g : r.gradients[0].to_vector()) EXPECT_EQ(g, 0);
    EXPECT_EQ(all.total_weight(one(x), label({-100, -100})), 0);
  }
  // ignore_index may be a valid class.
  const Loss first = CrossEntropy{.ignore_index = 0};
  EXPECT_EQ(first.each(x, label({0, 1})).at(0), 0);
  // An ignored row may hold anything.
  x.set(0, std::nan(""));
  EXPECT_TRUE(std::isfinite(loss(x, label({-100, 0})).item()));
  EXPECT_TRUE(std::isfinite(loss(x, label({2, 0}), t({0, 1})).item()));
}

TEST(LossValues, DiceRegions) {
  const Tensor p = t({{1, 0, 0.5}, {0, 0, 0}}), y = t({{1, 1, 0}, {0, 0, 0}});
  expect_near(Loss(Dice{}).each(p, y).to_vector(), {1 - 3 / 4.5, 0});
  expect_near(Loss(Dice{.over = Over::pooled}).each(p, y).to_vector(), {1 - 3 / 4.5});
  expect_near(Loss(Dice{.smooth = 0}).each(slice(p, 0, 1), slice(y, 0, 1)).to_vector(),
              {1 - 2 / 3.5});
  EXPECT_TRUE(std::isnan(Loss(Dice{.smooth = 0})(p, y).item()));
  EXPECT_EQ(
      Loss(Dice{.axis = 1}).each(Tensor::zeros({2, 3, 4, 5}), Tensor::zeros({2, 3, 4, 5})).shape(),
      (Shape{2, 3}));
  EXPECT_EQ(Loss(Dice{.over = Over::of_class, .axis = 1})
                .each(Tensor::zeros({2, 3, 4}), Tensor::zeros({2, 3, 4}))
                .shape(),
            (Shape{3}));
  EXPECT_EQ(Loss(Dice{.over = Over::image})
                .each(Tensor::zeros({2, 3, 4}), Tensor::zeros({2, 3, 4}))
                .shape(),
            (Shape{2}));
  EXPECT_EQ(Loss(Dice{}).each(Tensor::zeros({5}), Tensor::zeros({5})).shape(), Shape());
}

TEST(LossValues, Triplet) {
  const Loss loss = Triplet{.eps = 0};
  const Tensor a = t({{0, 0}, {0, 0}}), near = t({{3, 4}, {3, 4}}), far = t({{6, 8}, {0, 1}});
  expect_near(loss.each({a, near, far}).to_vector(), {0, 5});
  EXPECT_EQ(loss({a, near, far}).item(), 2.5);
  EXPECT_EQ(loss({a, near, far}, {}, t({1, 3})).item(), 3.75);
  const Tensors g = value_and_grad(
                        [&](const Tensors& x) {
                          return loss.sum({x[0], x[1], x[2]});
                        },
                        {a, near, far})
                        .gradients;
  expect_near(g[0].to_vector(), {0, 0, -0.6, 0.2});
  expect_near(g[1].to_vector(), {0, 0, 0.6, 0.8});
  const Tensors same = value_and_grad(
                           [](const Tensors& x) {
                             return Loss(Triplet{}).sum({x[0], x[1], x[2]});
                           },
                           {a, a, a})
                           .gradients;
  for (const double v : same[0].to_vector()) EXPECT_TRUE(std::isfinite(v));
  const auto at_zero = value_and_grad(
      [&](const Tensors& x) {
        return loss.sum({x[0], a, a});
      },
      {a});
  for (const double v : at_zero.gradients[0].to_vector()) EXPECT_EQ(v, 0);
}

TEST(LossValues, TripletRowsOfWeightZeroAreNotThere) {
  const double nan = std::nan("");
  const Tensor a = t({{nan, 0}, {0, 0}}), near = t({{3, 4}, {3, nan}}), far = t({{6, 8}, {0, 1}});
  const Tensor plain = t({{0, 0}, {0, 0}});
  const auto r = value_and_grad(
      [&](const Tensors& x) {
        return Loss(Triplet{})({x[0], x[1], x[2]}, {}, t({0, 0}));
      },
      {a, near, far});
  EXPECT_EQ(r.value.item(), 0);
  for (const Tensor& g : r.gradients)
    for (const double v : g.to_vector()) EXPECT_EQ(v, 0);
  EXPECT_EQ(Loss(Triplet{.eps = 0})({plain, t({{3, 4}, {nan, 4}}), far}, {}, t({2, 0})).item(), 0);
}

TEST(LossValues, NothingIsZero) {
  for (const Loss& loss : {Loss(MSE{}), Loss(MAE{}), Loss(Huber{}), Loss(BCEWithLogits{})}) {
    const auto r =
        value_and_grad([&](const Tensors& p) { return loss(p[0], Tensor::zeros({0}, Type::f64)); },
                       {Tensor::zeros({0}, Type::f64)});
    EXPECT_EQ(r.value.item(), 0);
    EXPECT_EQ(r.gradients[0].shape(), (Shape{0}));
  }
  EXPECT_EQ(Loss(CrossEntropy{})(Tensor::zeros({0, 3}), Tensor::zeros({0}, Type::i64)).item(), 0);
  EXPECT_EQ(Loss(Dice{})(Tensor::zeros({0, 3}), Tensor::zeros({0, 3})).item(), 0);
}

}  // namespace
}  // namespace downhill
