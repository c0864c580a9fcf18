// Losses of classes in order, of cosines, distances and views: extremes, kinks and bad inputs.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "downhill/losses/ordinal.h"
#include "downhill/ops/arithmetic.h"
#include "tests/contracts/loss_samples.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

using contract::joined;
constexpr double kInf = std::numeric_limits<double>::infinity();

Tensor label(std::int64_t t) { return Tensor::from(std::vector<std::int64_t>{t}); }
Tensor row(std::initializer_list<double> x) {
  return Tensor::from(std::vector<double>(x), Shape{1, static_cast<std::int64_t>(x.size())});
}

struct All {
  double value;
  std::vector<double> slope, curvature;
};
All at(const Loss& loss, const Tensors& x, const Tensor& y = {}) {
  const auto f = [&](const Tensors& p) { return loss.sum(p, y); };
  Tensors u;
  for (const Tensor& p : x) u.push_back(Tensor::ones(p.shape(), Type::f64));
  const auto r = value_and_grad(f, x);
  return {r.value.item(), joined(r.gradients), joined(hvp(f, x, u))};
}
void expect_finite(const All& a) {
  EXPECT_TRUE(std::isfinite(a.value)) << a.value;
  for (const double v : a.slope) EXPECT_TRUE(std::isfinite(v)) << v;
  for (const double v : a.curvature) EXPECT_TRUE(std::isfinite(v)) << v;
}

TEST(MoreExtremes, BiTemperedIsBoundedAndKeepsDigits) {
  const Loss loss = BiTempered{.t1 = 0.8, .t2 = 1.2};
  for (const double far : {88.8, 745.0, 1e4, 1e30}) {
    const All wrong = at(loss, {row({far, 0, -far})}, label(2));
    expect_finite(wrong);
    EXPECT_LE(wrong.value, 5);
    expect_finite(at(loss, {row({far, 0, -far})}, label(0)));
  }
  EXPECT_NEAR(at(BiTempered{.t1 = 0.5, .t2 = 1}, {row({0, -1e4})}, label(1)).value, 2 - 2 / 3.0,
              1e-15);  // 1 / (1 - t1) - (1 - 1) / ...: all the mass on the other class
  // t1 = t2 = 1: cross-entropy, whose value at (40, 0, 0) is 2 e^-40.
  const All sure = at(BiTempered{.t1 = 1, .t2 = 1}, {row({40, 0, 0})}, label(0));
  EXPECT_NEAR(sure.value / (2 * std::exp(-40.0)), 1, 1e-14);
  EXPECT_NEAR(sure.slope[0] / (-2 * std::exp(-40.0)), 1, 1e-14);
  EXPECT_EQ(at(BiTempered{.t1 = 1, .t2 = 1}, {row({0, -kInf, 0})}, label(0)).value, std::log(2.0));
  expect_finite(at(loss, {row({0, -kInf, 0})}, label(0)));
  expect_finite(at(loss, {row({0, -kInf, 0})}, label(1)));
  // A thousand equal classes, heavy tails: p = 1/1000 each.
  const Tensor many = Tensor::zeros({1, 1000}, Type::f64);
  const double p = 1e-3, t1 = 0.5;
  EXPECT_NEAR(at(BiTempered{.t1 = t1, .t2 = 4}, {many}, label(7)).value,
              (1 - std::pow(p, 1 - t1)) / (1 - t1) - (1 - 1000 * std::pow(p, 2 - t1)) / (2 - t1),
              1e-12);
}

TEST(MoreExtremes, OrderedClassesAreFiniteAndSumToOne) {
  for (const double far : {0.0, 88.8, 745.0, 1e4, 1e30})
    for (const std::int64_t t : {0, 1, 2, 3}) {
      expect_finite(at(OrdinalLogit{}, {row({far, -far, far})}, label(t)));
      expect_finite(at(Corn{}, {row({-far, far, -far})}, label(t)));
    }
  const std::vector<double> shares = {0.1, 0.2, 0.3, 0.4};
  for (const Takes takes : {Takes::cumulative_logits, Takes::continuation_logits}) {
    const std::vector<double> logits = ordinal_logits_of(takes, shares);
    const Tensor p = ordinal_probabilities(takes, Tensor::from(logits, Shape{1, 3}));
    for (std::int64_t k = 0; k < 4; ++k)
      EXPECT_NEAR(p.at(k), shares[static_cast<std::size_t>(k)], 1e-14);
    const Loss loss = takes == Takes::cumulative_logits ? Loss(OrdinalLogit{}) : Loss(Corn{});
    for (std::int64_t k = 0; k < 4; ++k)
      EXPECT_NEAR(loss(Tensor::from(logits, Shape{1, 3}), label(k)).item(),
                  -std::log(shares[static_cast<std::size_t>(k)]), 1e-14);
  }
  for (const Loss& loss : {Loss(OrdinalLogit{}), Loss(Corn{})}) {
    expect_usage([&] { loss(row({0, 0, 0}), label(4)); }, "labels[0] = 4 is outside [0, 4)");
    expect_usage([&] { loss(row({0, 0, 0}), label(-1)); }, "labels[0] = -1");
    expect_usage([&] { loss(row({0, 0, 0}), label(std::int64_t{1} << 32)); }, "4294967296");
  }
}

TEST(MoreExtremes, MarginsOfCosines) {
  for (const Loss& loss : {Loss(ArcFace{}), Loss(CosFace{})}) {
    for (const double own : {-1.0, -0.99, 0.0, 1.0})
      expect_finite(at(loss, {row({own, -1, 1})}, label(0)));
    expect_usage([&] { loss(row({1.5, 0}), label(0)); }, "cosines[0, 0] = 1.5");
    expect_usage([&] { loss(row({1, 0}), label(2)); }, "labels[0] = 2 is outside [0, 2)");
    EXPECT_EQ(at(loss, {row({0.5})}, label(0)).value, 0);
  }
  // Sure and right: scale (others - own), 64 (-1 - (1 - 0.35)) below: e^-105.6.
  EXPECT_NEAR(at(CosFace{}, {row({1, -1})}, label(0)).value / std::exp(-105.6), 1, 1e-12);
  // cos(0.5 + 0.5) at an angle of 0.5, the other class at 0.
  const double own = 2 * std::cos(1.0);
  EXPECT_NEAR(at(ArcFace{.scale = 2}, {row({std::cos(0.5), 0})}, label(0)).value,
              std::log1p(std::exp(-own)), 1e-14);
}

TEST(MoreExtremes, RowsOfZerosAndFarRows) {
  const Tensor x = Tensor({{0.0, 0.0}, {1e4, -1e4}, {1e200, 1e200}, {1e-200, 0.0}}, Type::f64);
  const Tensor y = Tensor::from(std::vector<std::int64_t>{0, 0, 1, 1});
  for (const Loss& loss : {Loss(Circle{}), Loss(MultiSimilarity{})}) {
    SCOPED_TRACE(loss.name());
    expect_finite(at(loss, {x}, y));
    const Tensor lonely = Tensor::from(std::vector<std::int64_t>{0, 1, 2, 3});
    expect_finite(at(loss, {x}, lonely));
    expect_finite(at(loss, {x}, Tensor::zeros({4}, Type::i64)));
  }
  // No row has a partner, or none an opposite: nothing to compare.
  EXPECT_EQ(at(Circle{}, {x}, Tensor::from(std::vector<std::int64_t>{0, 1, 2, 3})).value, 0);
  EXPECT_EQ(at(Circle{}, {x}, Tensor::zeros({4}, Type::i64)).value, 0);
  for (const char* text : {"triplet", "triplet:p=1", "triplet:p=3", "triplet:distance=cosine",
                           "triplet:p=3,eps=0", "triplet:swap=true"}) {
    SCOPED_TRACE(text);
    expect_finite(at(Loss::parse(text), {x, x, x}));
    expect_finite(at(Loss::parse(text), {x, x * 2.0, x * -1.0}));
  }
  expect_usage([] { Loss(Triplet{.p = 0.5}); }, "p = 0.5 is outside [1, inf)");
}

TEST(MoreExtremes, TripletByHand) {
  const Tensor a = row({0, 0}), p = row({3, 4}), n = row({6, 8});
  const auto of = [&](const char* text) { return Loss::parse(text)({a, p, n}).item(); };
  EXPECT_NEAR(of("triplet:margin=6,eps=0"), 1, 1e-15);              // 5 - 10 + 6
  EXPECT_NEAR(of("triplet:margin=6,eps=0,swap=true"), 6, 1e-15);    // the negative is 5 off
  EXPECT_NEAR(of("triplet:margin=8,eps=0,p=1"), 1, 1e-15);          // 7 - 14 + 8
  EXPECT_NEAR(of("triplet:margin=76,distance=squared"), 1, 1e-13);  // 25 - 100 + 76
  EXPECT_NEAR(Loss::parse("triplet:distance=cosine")({p, row({4, 3}), row({-3, -4})}).item(), 0,
              1e-15);  // 0.04 - 2 + 1
  EXPECT_NEAR(
      Loss::parse("triplet:distance=cosine,margin=2")({p, row({4, 3}), row({-3, -4})}).item(), 0.04,
      1e-14);
}

TEST(MoreExtremes, BatchesOfViews) {
  const Tensor none = Tensor::zeros({0, 3}, Type::f64), one = row({1, 2, 3}),
               same = Tensor({{1.0, 1.0}, {1.0, 1.0}}, Type::f64),
               far = Tensor({{1e4, -1e4}, {-1e4, 3e4}}, Type::f64);
  for (const Loss& loss : {Loss(BarlowTwins{}), Loss(VICReg{})}) {
    SCOPED_TRACE(loss.name());
    EXPECT_EQ(loss({none, none}).item(), 0);
    expect_finite(at(loss, {one, one}));
    expect_finite(at(loss, {same, same}));
    expect_finite(at(loss, {far, far}));
    expect_usage([&] { loss({one, one}, {}, Tensor::ones({1}, Type::f64)); }, "weight");
  }
  // Constant features: variance 0, deviation sqrt(eps) = 0.01 of both views: 25 (0.99 + 0.99) / 2.
  EXPECT_NEAR(at(VICReg{}, {same, same}).value, 25 * 0.99, 1e-12);
  // Two rows at +-1 in both features: unit correlations throughout: off the diagonal 2 lambda.
  const Tensor both = Tensor({{1.0, 1.0}, {-1.0, -1.0}}, Type::f64);
  EXPECT_NEAR(at(BarlowTwins{.lambda = 0.25, .eps = 1e-12}, {both, both}).value, 0.5, 1e-11);
}

TEST(MoreExtremes, CRPSOfOnePointIsTheAbsoluteError) {
  const Tensor p = Tensor::full({1, 9}, 3, Type::f64), y = Tensor::full({1, 9}, 1, Type::f64);
  EXPECT_NEAR(Loss(CRPSQuantiles{})(p, y).item(), 2, 1e-15);
  EXPECT_EQ(Loss(CRPSQuantiles{}).outputs()[4], "quantile_0.5");
  expect_usage([] { Loss(CRPSQuantiles{.quantiles = {0.5, 1}}); }, "quantiles");
}

}  // namespace
}  // namespace downhill
