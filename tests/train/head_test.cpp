#include "downhill/train/head.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/functional.h"
#include "downhill/core/error.h"
#include "downhill/core/random.h"
#include "downhill/losses/list.h"
#include "downhill/ops/reduce.h"
#include "tests/support/points.h"

// The constants between outputs and predictions, held against closed forms.

namespace downhill {
namespace {

std::vector<double> normal(std::size_t n, double mean, double deviation) {
  Random random(7);
  std::vector<double> y(n);
  for (double& v : y) v = mean + deviation * random.normal();
  return y;
}
std::vector<double> scaled(std::vector<double> y, double factor) {
  for (double& v : y) v *= factor;
  return y;
}
double mean_of(const std::vector<double>& y) {
  double sum = 0;
  for (const double v : y) sum += v;
  return sum / static_cast<double>(y.size());
}
double deviation_of(const std::vector<double>& y) {
  double sum = 0;
  for (const double v : y) sum += (v - mean_of(y)) * (v - mean_of(y));
  return std::sqrt(sum / static_cast<double>(y.size()));
}
double quantile_of(std::vector<double> y, double share) {
  std::sort(y.begin(), y.end());
  return y[static_cast<std::size_t>(share * static_cast<double>(y.size()))];
}
double mad_of(const std::vector<double>& y) {
  std::vector<double> sorted = y, away;
  std::sort(sorted.begin(), sorted.end());
  const double median = sorted[y.size() / 2];
  for (const double v : y) away.push_back(std::abs(v - median));
  std::sort(away.begin(), away.end());
  return 1.4826 * away[y.size() / 2];
}

Head find(const Loss& loss, const std::vector<double>& y) {
  return find_head({.loss = loss, .target = Tensor::from(y)});
}
std::string refusal(const std::string& loss, const std::vector<double>& y) {
  try {
    find(Loss::parse(loss), y);
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST(Head, OfTheSquaredErrorIsMeanAndDeviation) {
  const auto y = normal(501, 100, 15);
  const Head head = find(MSE{}, y);
  const double sd = deviation_of(y);
  EXPECT_NEAR(head.c[0], mean_of(y), 1e-13 * 100);
  EXPECT_NEAR(head.s[0], sd, 1e-12 * sd);
  EXPECT_NEAR(head.k, 2 * sd * sd, 1e-11 * sd * sd);
  EXPECT_NEAR(head.constant_loss, sd * sd, 1e-12 * sd * sd);
  EXPECT_EQ(head.link[0], LinkFunction::none);
}

// More rows than stand in one piece: the same numbers as often again have the same head.
TEST(Head, OfManyRowsIsThatOfFew) {
  const auto few = normal(1000, 100, 15);
  std::vector<double> many, weights;
  for (int i = 0; i < 140; ++i) {
    many.insert(many.end(), few.begin(), few.end());
    for (std::size_t j = 0; j < few.size(); ++j) weights.push_back(j % 2 == 0 ? 2 : 1);
  }
  const std::vector<double> some(weights.begin(), weights.begin() + 1000);
  for (const char* text : {"mse", "huber:delta=10", "gaussian_nll", "mse+0.5*mae", "gamma_nll"}) {
    const Loss loss = Loss::parse(text);
    const Head a =
        find_head({.loss = loss, .target = Tensor::from(few), .weight = Tensor::from(some)});
    const Head b =
        find_head({.loss = loss, .target = Tensor::from(many), .weight = Tensor::from(weights)});
    ASSERT_EQ(a.size(), b.size()) << text;
    for (std::size_t j = 0; j < a.size(); ++j) {
      EXPECT_NEAR(a.c[j], b.c[j], 1e-8 * std::abs(a.c[j])) << text;
      EXPECT_NEAR(a.s[j], b.s[j], 1e-8 * a.s[j]) << text;
    }
    EXPECT_NEAR(a.k, b.k, 1e-8 * a.k) << text;
    EXPECT_NEAR(a.constant_loss, b.constant_loss, 1e-10 * std::abs(a.constant_loss)) << text;
  }
}

TEST(Head, OfTheAbsoluteErrorIsMedianAndItsDeviation) {
  const auto y = normal(501, -3, 2);
  const Head head = find(MAE{}, y);
  EXPECT_EQ(head.c[0], quantile_of(y, 0.5));
  EXPECT_NEAR(head.s[0], mad_of(y), 1e-12);
  EXPECT_NEAR(head.k, head.s[0] * 500 / 501, 1e-12);  // the slope is 0 at the median itself
}

// The root of a square is curved at its kink alone, whatever rounding makes of it elsewhere.
TEST(Head, CurvatureThatIsRoundingIsNone) {
  std::vector<double> y = normal(200, 3, 0.3);
  for (double& value : y) value = std::round(1000 * value) / 1000;
  const Head mae = find(Loss::parse("mae"), y);
  for (const char* text : {"sqrt((p-y)^2)", "sqrt((p-y)^2+1e-20)", "sqrt((p-y)^2+1e-12)"}) {
    const Head root = find(Loss::parse(text), y);
    EXPECT_NEAR(root.s[0] / mae.s[0], 1, 0.01) << text;
    EXPECT_NEAR(root.k / mae.k, 1, 0.01) << text;
  }
}

TEST(Head, OfQuantilesAreTheQuantiles) {
  const auto y = normal(1001, 10, 3);
  const Head head = find(Quantile{.quantile = {0.1, 0.5, 0.9}}, y);
  ASSERT_EQ(head.size(), 3U);
  for (const auto& [j, q] : {std::pair(0, 0.1), std::pair(1, 0.5), std::pair(2, 0.9)})
    EXPECT_NEAR(head.c[static_cast<std::size_t>(j)], quantile_of(y, q), 1e-9) << q;
}

TEST(Head, OfCountsIsTheLogarithmOfTheMeanNamedOrAsText) {
  std::vector<double> y;
  for (int i = 0; i < 200; ++i) y.push_back((i * 7919) % 11 % 6);
  const Head named = find(PoissonNLL{}, y), text = find(pointwise_text("exp(p)-y*p"), y);
  EXPECT_NEAR(named.c[0], std::log(mean_of(y)), 1e-13);
  EXPECT_NEAR(named.c[0], text.c[0], 1e-14);
  EXPECT_NEAR(named.s[0], text.s[0], 1e-13);
  EXPECT_NEAR(named.k, text.k, 1e-12);
  EXPECT_NEAR(named.s[0], deviation_of(y) / mean_of(y), 1e-12);
  const Head rate = find(PoissonNLL{.log_input = false}, y);
  EXPECT_EQ(rate.link[0], LinkFunction::softplus);
  EXPECT_NEAR(rate.c[0], mean_of(y), 1e-7);  // eps
}

TEST(Head, OfAMeanAndAVarianceIsBoth) {
  const auto y = normal(501, 40, 0.5);
  const Head head = find(GaussianNLL{}, y);
  ASSERT_EQ(head.size(), 2U);
  EXPECT_NEAR(head.c[0], mean_of(y), 1e-12);
  EXPECT_NEAR(head.c[1], deviation_of(y) * deviation_of(y), 1e-12);
  EXPECT_EQ(head.link[1], LinkFunction::softplus);
}

TEST(Head, LinksOfFormulasAreFoundByWhereTheyAreNoNumbers) {
  const auto positive = scaled(normal(301, 10, 1), 1);
  std::vector<double> shares;
  for (const double v : normal(301, 0, 1)) shares.push_back(1 / (1 + std::exp(-v)));
  EXPECT_EQ(find(pointwise_text("p-y*log(p)"), positive).link[0], LinkFunction::exp);
  EXPECT_EQ(find(pointwise_text("-(y*log(p)+(1-y)*log(1-p))"), shares).link[0],
            LinkFunction::sigmoid);
  EXPECT_EQ(find(pointwise_text("where(y>p,10*(y-p)^2,(y-p)^2)"), positive).link[0],
            LinkFunction::none);
  EXPECT_NE(refusal("(log(4-p)-log(y))^2", positive).find("--link"), std::string::npos);
}

TEST(Head, RefusesLossesWithoutAMinimumOrWithoutASlope) {
  const auto y = normal(301, 1000, 200);
  EXPECT_NE(refusal("-p*y", y).find("no minimum"), std::string::npos) << refusal("-p*y", y);
  const std::string flat = refusal("where(abs(p-y)<0.01,abs(p-y),0.01)", y);
  EXPECT_NE(flat.find("flat"), std::string::npos) << flat;
  const std::string tiny = refusal("mse", scaled(y, 1e-200));
  EXPECT_NE(tiny.find("other units"), std::string::npos) << tiny;
  const std::string vast = refusal("mse", scaled(y, 1e200));
  EXPECT_NE(vast.find("other units"), std::string::npos) << vast;
}

TEST(Head, ScalesWithTheTargetBitForBit) {
  const auto y = normal(333, 50, 9);
  for (const int power : {-30, -3, 1, 40}) {
    const double factor = std::ldexp(1.0, power);
    const auto far = scaled(y, factor);
    const auto hold = [&](const Loss& loss, const Loss& scaled_loss, double unit) {
      const Head one = find(loss, y), other = find(scaled_loss, far);
      EXPECT_EQ(one.c[0] * factor, other.c[0]) << loss.text() << power;
      EXPECT_EQ(one.s[0] * factor, other.s[0]) << loss.text() << power;
      EXPECT_EQ(one.k * unit, other.k) << loss.text() << power;
    };
    hold(MSE{}, MSE{}, factor * factor);
    hold(MAE{}, MAE{}, factor);
    hold(Quantile{.quantile = 0.8}, Quantile{.quantile = 0.8}, factor);
    hold(Huber{.delta = 3}, Huber{.delta = 3 * factor}, factor * factor);
  }
}

TEST(Head, OfClassesIsTheLogarithmOfSmoothedShares) {
  const Tensor labels = Tensor::from(std::vector<std::int64_t>{0, 0, 0, 1, 2, 2});
  const Head head = find_head({.loss = CrossEntropy{}, .target = labels, .classes = 3});
  for (std::size_t k = 0; k < 3; ++k)
    EXPECT_NEAR(head.c[k], std::log((std::array{3.0, 1.0, 2.0}[k] + 0.5) / 7.5), 1e-15);
  const Tensor two = Tensor::from(std::vector<std::int64_t>{0, 0, 0, 1});
  const Head one =
      find_head({.loss = BCEWithLogits{}, .target = two, .classes = 2, .one_output = true});
  EXPECT_NEAR(one.c[0], std::log(1.5 / 3.5), 1e-15);
  EXPECT_EQ(one.k, 1);
}

TEST(Head, WeighsRows) {
  const Head head = find_head({.loss = MSE{},
                               .target = Tensor({1, 2, 6}, Type::f64),
                               .weight = Tensor({1, 1, 2}, Type::f64)});
  EXPECT_NEAR(head.c[0], 15.0 / 4, 1e-14);
}

TEST(Head, IsDifferentiableThroughEveryLink) {
  for (const LinkFunction link :
       {LinkFunction::none, LinkFunction::exp, LinkFunction::sigmoid, LinkFunction::softplus}) {
    const Head head{.link = {link}, .c = {0.7}, .s = {1.3}};
    const auto f = [&](const Tensors& z) { return sum(head(z[0])); };
    const Tensors at = {points({6, 1}, 3)};
    EXPECT_LT(gradcheck(f, at).worst, 1e-8) << text_of(link);
    EXPECT_LT(gradcheck_second(f, at).worst, 1e-6) << text_of(link);
  }
  const Head softplus{.link = {LinkFunction::softplus}, .c = {2.5}, .s = {1}};
  EXPECT_NEAR(softplus(Tensor::zeros({1, 1})).item(), 2.5, 1e-15);
}

// smape jumps at 0: where most targets are 0 it is lowest there and nowhere near. Redescending losses have
// several valleys. The best of a fine grid, and of the targets themselves, is not better.
TEST(Head, OfLossesWithJumpsAndValleys) {
  Random random(3);
  std::vector<double> counts(111), cauchy(300), two;
  for (double& v : counts) v = random.uniform() < 0.7 ? 0 : std::floor(40 * random.uniform());
  for (double& v : cauchy) v = std::tan(3.14159 * (random.uniform() - 0.5));
  for (int i = 0; i < 50; ++i) two.push_back(i < 20 ? -5 + 0.01 * i : 7 + 0.01 * i);
  for (const char* text : {"smape", "tukey", "welsch", "geman_mcclure", "cauchy", "mape", "huber"})
    for (const auto& y : {counts, cauchy, two}) {
      const Loss loss = Loss::parse(text);
      if (std::string(text) == "mape" && y == counts) continue;  // divides by targets of 0
      const Head head = find(loss, y);
      const Tensor target = Tensor::from(y);
      const auto of = [&](double c) {
        return loss(Tensor::full(target.shape(), c, Type::f64), target).item();
      };
      EXPECT_NEAR(of(head.c[0]), head.constant_loss, 1e-12 * std::abs(head.constant_loss)) << text;
      for (const double v : y)
        EXPECT_GE(of(v), head.constant_loss * (1 - 1e-3)) << text << " " << v;
    }
}

}  // namespace
}  // namespace downhill
