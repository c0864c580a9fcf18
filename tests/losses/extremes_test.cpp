// Logits and errors far out: value, slope and curvature are finite wherever the true ones are.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"

namespace downhill {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

/// Value, slope and curvature of one prediction.
struct At {
  double value, slope, curvature;
};
At at(const Loss& loss, double p, double y) {
  const auto f = [&](const Tensors& x) { return loss.sum(x[0], Tensor({y}, Type::f64)); };
  const Tensors x = {Tensor({p}, Type::f64)}, one = {Tensor({1.0}, Type::f64)};
  const auto r = value_and_grad(f, x);
  return {r.value.item(), r.gradients[0].item(), hvp(f, x, one)[0].item()};
}
void expect_finite(const At& a) {
  EXPECT_TRUE(std::isfinite(a.value)) << a.value;
  EXPECT_TRUE(std::isfinite(a.slope)) << a.slope;
  EXPECT_TRUE(std::isfinite(a.curvature)) << a.curvature;
}

TEST(Extremes, LossesOfLogitsAreFiniteForFiniteLogits) {
  Losses::for_each([&]<class L>() {
    const Loss loss = L{};
    if (loss.takes().size() != 1 || loss.takes()[0] != Takes::logit || loss.targets() != 1 ||
        loss.name() == "lovasz")
      return;
    SCOPED_TRACE(loss.name());
    for (const double x : {0.0, 1e-300, 88.8, 745.0, 1e4, 1e30})
      for (const double sign : {-1.0, 1.0})
        for (const double y : {loss.first_class(), 0.3, 1.0}) {
          SCOPED_TRACE(testing::Message() << "x " << sign * x << " y " << y);
          const At a = at(loss, sign * x, y);
          if (loss.name() == "squared_hinge" && x > 1e20) continue;
          expect_finite(a);
        }
  });
}

TEST(Extremes, ALogitThatIsInfiniteAndRightCostsNothing) {
  for (const char* name : {"bce_with_logits", "focal", "asymmetric_focal", "soft_margin", "hinge",
                           "squared_hinge", "perceptron", "multilabel_soft_margin"}) {
    SCOPED_TRACE(name);
    const Loss loss = Loss::parse(name);
    for (const double y : {loss.first_class(), 1.0}) {
      const At a = at(loss, y == 1 ? kInf : -kInf, y);
      EXPECT_EQ(a.value, 0);
      EXPECT_EQ(a.slope, 0);
      EXPECT_EQ(a.curvature, 0);
    }
  }
}

TEST(Extremes, FocalPowersBelowOneHaveASlope) {
  for (const char* text : {"focal:gamma=0.5", "asymmetric_focal:gamma_pos=0.5,gamma_neg=0.5"})
    for (const double x : {-1e4, -745.0, -100.0, 100.0, 745.0, 1e4})
      for (const double y : {0.0, 1.0}) expect_finite(at(Loss::parse(text), x, y));
}

TEST(Extremes, RobustLossesOfFarOutliersAreFinite) {
  struct Far {
    const char* text;
    double value, slope;  // at an error of 1e200
  };
  const Far all[] = {{"log_cosh", 1e200, 1},
                     {"huber", 1e200, 1},
                     {"pseudo_huber:delta=2", 2e200, 2},
                     {"fair:c=2", 2e200, 2},
                     {"cauchy:c=2", 4 * (std::log(10.0) * 200 - std::log(2.0)), 4e-200},
                     {"tukey:c=3", 1.5, 0},
                     {"welsch:c=2", 2, 0},
                     {"geman_mcclure:c=2", 2, 0},
                     {"barron:alpha=0", 2 * std::log(10.0) * 200 - std::log(2.0), 0},
                     {"barron:alpha=1", 1e200, 1},
                     {"barron:alpha=-2", 2, 0}};
  for (const Far& one : all)
    for (const double side : {-1.0, 1.0}) {
      SCOPED_TRACE(one.text);
      const At a = at(Loss::parse(one.text), side * 1e200, 0);
      expect_finite(a);
      EXPECT_NEAR(a.value, one.value, 1e-13 * one.value);
      EXPECT_NEAR(side * a.slope, one.slope, 1e-13);
      EXPECT_NEAR(a.curvature, 0, 1e-14);
    }
}

TEST(Extremes, DigitsAreKeptNearZero) {
  for (const double r : {1e-8, 1e-5, 1e-3, 0.1, 0.5, 0.99}) {
    SCOPED_TRACE(r);
    const long double exact =
        std::log1p(2 * std::pow(std::sinh(static_cast<long double>(r) / 2), 2));
    EXPECT_NEAR(at(LogCosh{}, r, 0).value, static_cast<double>(exact),
                8.9e-16 * static_cast<double>(exact));
  }
  EXPECT_NEAR(at(PseudoHuber{}, 1e-7, 0).value, 5e-15 - 1.25e-29, 2e-30);
  EXPECT_NEAR(at(Tukey{.c = 1}, 1e-7, 0).value, 5e-15, 1e-28);
  EXPECT_NEAR(at(Barron{.alpha = 1e-9}, 1, 0).value, at(Barron{.alpha = 0}, 1, 0).value, 1e-9);
}

TEST(Extremes, KinksHaveTheirStatedSlope) {
  EXPECT_EQ(at(Hinge{}, 1, 1).slope, 0);
  EXPECT_EQ(at(Perceptron{}, 0, 1).slope, -1);
  Tensor even = Tensor::full({2, 1}, 3, Type::f64);
  even.requires_grad(true);
  Loss(MarginRanking{})({slice(even, 0, 1, 0), slice(even, 1, 2, 0)},
                        Tensor::ones({1, 1}, Type::f64))
      .backward();
  EXPECT_EQ(even.grad().to_vector(), (std::vector<double>{-1, 1})) << "equal scores part";
  EXPECT_EQ(at(SquaredHinge{}, 1, 1).slope, 0);
  EXPECT_EQ(at(HingeEmbedding{}, 1, -1).slope, 0);
  EXPECT_EQ(at(EpsilonInsensitive{.epsilon = 0.5}, 0.5, 0).slope, 0);
  EXPECT_EQ(at(Lp{.p = 1}, 2, 2).slope, 0);
  EXPECT_EQ(at(Lp{.p = 1.5}, 2, 2).slope, 0);
  EXPECT_EQ(at(Lp{.p = 1.5}, 2, 2).curvature, 0);
  EXPECT_EQ(at(Lp{.p = 2}, 2, 2).curvature, 2);
  EXPECT_EQ(at(MAPE{}, 2, 2).slope, 0);
  EXPECT_EQ(at(SMAPE{}, 0, 0).slope, 0);
  EXPECT_EQ(at(LogCosh{}, 2, 2).curvature, 1);
  EXPECT_EQ(at(Fair{}, 2, 2).curvature, 1);
}

/// Value and slope of rows of scores with label 0.
void expect_row(const char* text, const std::vector<double>& row, double value) {
  SCOPED_TRACE(text);
  const Loss loss = Loss::parse(text);
  const auto n = static_cast<std::int64_t>(row.size());
  const Tensors x = {Tensor::from(row, Shape{1, n})};
  const auto f = [&](const Tensors& p) { return loss.sum(p[0], Tensor({0.0}, Type::i64)); };
  const auto r = value_and_grad(f, x);
  EXPECT_NEAR(r.value.item(), value, 1e-14 * std::abs(value));
  for (const double g : r.gradients[0].to_vector()) EXPECT_TRUE(std::isfinite(g)) << g;
  for (const double h : hvp(f, x, {Tensor::ones({1, n}, Type::f64)})[0].to_vector())
    EXPECT_TRUE(std::isfinite(h)) << h;
}

TEST(Extremes, RowsThatAreSureAndRightKeepTheirDigits) {
  const double wrong = 2 * std::exp(-40.0);
  expect_row("cross_entropy", {40, 0, 0}, wrong);
  expect_row("focal_cross_entropy:gamma=0.5", {40, 0, 0}, std::pow(wrong, 1.5));
  expect_row("focal_cross_entropy:gamma=2", {40, 0, 0}, std::pow(wrong, 3));
  expect_row("generalized_cross_entropy:q=0.5", {40, 0, 0}, wrong);
  expect_row("symmetric_cross_entropy:alpha=1,beta=1", {40, 0, 0}, wrong + 4 * wrong);
  expect_row("ldam:max_margin=0,scale=1", {40, 0, 0}, wrong);
  expect_row("sparsemax", {40, 0, 0}, 0);
  expect_row("crammer_singer", {40, 0, 0}, 0);
}

TEST(Extremes, RowsFarOutAreFinite) {
  for (const double x : {745.0, 1e4, 1e30}) {
    expect_row("focal_cross_entropy:gamma=0.5", {x, -x, 0}, 0);
    expect_row("focal_cross_entropy:gamma=0.5", {-x, x, 0}, 2 * x);
    expect_row("generalized_cross_entropy", {-x, x, 0}, 2);
    expect_row("symmetric_cross_entropy:alpha=1,beta=1", {-x, x, 0}, 2 * x + 4);
    expect_row("ldam:scale=1", {-x, x, 0}, 2 * x + 0.5);
    expect_row("sparsemax", {-x, x, 0}, 2 * x);
    expect_row("crammer_singer", {-x, x, 0}, 2 * x + 1);
    expect_row("multi_margin", {-x, x, 0}, (3 * x + 2) / 3);
    expect_row("earth_mover", {-x, x, 0}, 1);
  }
  for (const char* text : {"cross_entropy", "focal_cross_entropy", "generalized_cross_entropy",
                           "symmetric_cross_entropy", "ldam", "earth_mover"})
    expect_row(text, {0, -kInf, -kInf}, 0);
  expect_row("nll", {0, -kInf, -kInf}, 0);
  expect_row("kl_div", {0, -kInf, -kInf}, 0);
  expect_row("js_div", {0, -kInf, -kInf}, 0);
  expect_row("js_div", {-kInf, 0, -kInf}, std::log(2.0));
}

TEST(Extremes, ZeroVectorsHaveCosineZero) {
  const Tensor none = Tensor::zeros({1, 3}, Type::f64), some({{1.0, 2, 3}}, Type::f64);
  const auto slopes = [&](const Loss& loss, const Tensor& target) {
    const auto r =
        value_and_grad([&](const Tensors& p) { return loss.sum(p, target); }, {none, some});
    for (const Tensor& g : r.gradients)
      for (const double v : g.to_vector()) EXPECT_TRUE(std::isfinite(v));
    return r.value.item();
  };
  EXPECT_EQ(slopes(CosineEmbedding{}, Tensor({1.0}, Type::f64)), 1);
  EXPECT_EQ(slopes(InfoNCE{}, {}), 0);
  slopes(NTXent{}, {});
  EXPECT_EQ(Loss(CosineSimilarity{}).sum(none, some).item(), 1);
  const Tensors same = {some, some};
  const auto r = value_and_grad(
      [&](const Tensors& p) { return Loss(Contrastive{}).sum(p, Tensor({0.0}, Type::f64)); }, same);
  EXPECT_EQ(r.value.item(), 1);
  for (const double v : r.gradients[0].to_vector()) EXPECT_EQ(v, 0);
}

TEST(Extremes, SequencesThatDoNotFitCostInfinityWithoutASlope) {
  const Tensor p = Tensor::full({1, 2, 3}, std::log(1.0 / 3), Type::f64);
  const Tensor sequence = Tensor({{1.0, 1}}, Type::i64), frames({2.0}, Type::i64);
  for (const bool zero : {false, true}) {
    const Loss loss = CTC{.zero_infinity = zero};
    const auto r = value_and_grad(
        [&](const Tensors& x) {
          return loss.sum(x[0], {sequence, frames});
        },
        {p});
    EXPECT_EQ(r.value.item(), zero ? 0 : kInf);
    for (const double g : r.gradients[0].to_vector()) EXPECT_EQ(g, 0);
  }
}

TEST(Extremes, CountsNearlyPoissonKeepTheirDigits) {
  // As the dispersion falls to 0: mean - y log mean + log y!, here of mean 3 and y = 5.
  const double poisson = 3 - 5 * std::log(3.0) + std::log(120.0);
  const Tensor mean({3.0}, Type::f64), y({5.0}, Type::f64);
  for (const double a : {1e-12, 1e-9})
    EXPECT_NEAR(Loss(NegativeBinomialNLL{}).sum({mean, Tensor({a}, Type::f64)}, y).item(), poisson,
                1e-13 + 10 * a);
  for (const double z : {-1e4, -745.0, 745.0, 1e4})
    for (const double count : {0.0, 2.0})
      for (const double rate : {1e-3, 1e3}) {
        const auto r = value_and_grad(
            [&](const Tensors& p) {
              return Loss(ZeroInflatedPoisson{}).sum(p, Tensor({count}, Type::f64));
            },
            {Tensor({rate}, Type::f64), Tensor({z}, Type::f64)});
        EXPECT_TRUE(std::isfinite(r.value.item()));
        for (const Tensor& g : r.gradients) EXPECT_TRUE(std::isfinite(g.item()));
      }
}

TEST(Extremes, TargetsOutsideOfTheirRangeAreRefused) {
  const Tensor x({1.0}, Type::f64), two({2.0}, Type::f64), zero({0.0}, Type::f64),
      below({-1.0}, Type::f64);
  for (const char* name : {"hinge", "squared_hinge", "perceptron", "soft_margin", "hinge_embedding",
                           "asymmetric_focal", "multilabel_soft_margin"})
    EXPECT_THROW(Loss::parse(name).sum(x, two), UsageError) << name;
  for (const char* name : {"gamma_nll", "weibull_nll", "log_normal_nll", "beta_nll"})
    EXPECT_THROW(Loss::parse(name).sum({x, x}, zero), UsageError) << name;
  EXPECT_THROW(Loss(Tweedie{}).sum(x, below), UsageError);
  EXPECT_THROW(Loss(MSLE{}).sum(x, below), UsageError);
  const Tensor soft({{0.5, 0.5}}, Type::f64);
  for (const char* name : {"multi_margin", "crammer_singer", "sparsemax", "ldam"})
    EXPECT_THROW(Loss::parse(name).sum(soft, soft), UsageError) << name;
  EXPECT_THROW(Loss(Lovasz{}).sum(x, Tensor({0.5}, Type::f64)), UsageError);
}

TEST(Extremes, ASureRowKeepsTheDigitsOfItsCurvature) {
  // One row, right and wrong: H v in float32 against float64, of the row's own largest entry.
  for (const Loss& loss :
       {Loss(CrossEntropy{}), Loss(CrossEntropy{.label_smoothing = 0.1}), Loss(Poly1{}),
        Loss(FocalCrossEntropy{}), Loss(GeneralizedCrossEntropy{})}) {
    for (const double label : {2.0, 0.0}) {
      const auto product = [&](Type type) {
        const Tensor x = Tensor({{0.3, -1.2, 14.0, 0.7}}, type),
                     v = Tensor({{0.4, 1, -0.6, 0.8}}, type);
        const Tensor y({label}, Type::i64);
        return hvp([&](const Tensors& p) { return loss(p[0], y); }, {x}, {v})[0].to_vector();
      };
      const auto single = product(Type::f32), exact = product(Type::f64);
      double largest = 0;
      for (const double h : exact) largest = std::max(largest, std::abs(h));
      for (std::size_t i = 0; i < exact.size(); ++i)
        EXPECT_NEAR(single[i], exact[i], 1e-5 * largest) << loss.text() << " of class " << label;
    }
  }
}

TEST(Extremes, SharesAndCountsOfZeroHaveNoSlope) {
  for (const double log_mean : {-100.0, -178.0, -1420.0})
    for (const double power : {1.1, 1.5, 1.9}) {
      const At there = at(Tweedie{.power = power}, log_mean, 0);
      const double exact = std::exp((2 - power) * log_mean);
      const double error = 1e-14 * exact + 1e-307;  // below the least normal number it may be 0
      EXPECT_NEAR(there.value, exact / (2 - power), error);
      EXPECT_NEAR(there.slope, exact, error);
      EXPECT_NEAR(there.curvature, (2 - power) * exact, error);
    }
  EXPECT_EQ(at(Tweedie{.log_input = false}, 0, 0).value, 0);
  const Tensor p = Tensor::full({3}, 1e-30), y = Tensor::zeros({3}), v = Tensor::ones({3});
  const auto bce = [&](const Tensors& x) { return sum(Loss(BCE{}).each(x[0], y)); };
  for (const double h : hvp(bce, {p}, {v})[0].to_vector()) EXPECT_EQ(h, 1);
  for (const double x : {-50.0, -60.0, -70.0, -745.0})
    for (const double gamma : {0.1, 0.5, 2.0}) {
      const Loss focal = Focal{.gamma = gamma};
      const auto f = [&](const Tensors& t) { return sum(focal.each(t[0], y)); };
      for (const double h : hvp(f, {Tensor::full({3}, x)}, {v})[0].to_vector())
        EXPECT_NEAR(h, 0.75 * (1 + gamma) * (1 + gamma) * std::exp((1 + gamma) * x),
                    1e-4 * std::exp((1 + gamma) * x) + 1e-37)
            << x << " " << gamma;
    }
}

}  // namespace
}  // namespace downhill
