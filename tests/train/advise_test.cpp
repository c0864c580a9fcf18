#include "downhill/train/advise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "downhill/core/error.h"
#include "downhill/core/random.h"
#include "downhill/train/detail/advise_table.h"
#include "tests/support/errors.h"

namespace downhill::detail {
namespace {

using Rows = std::vector<double>;

std::vector<Tensor> five_folds(std::int64_t rows) {
  std::vector<Tensor> folds;
  for (std::int64_t f = 0; f < 5; ++f) {
    std::vector<std::int64_t> fold;
    for (std::int64_t row = f; row < rows; row += 5) fold.push_back(row);
    folds.push_back(Tensor::from(fold));
  }
  return folds;
}

/// Rows whose input says nothing of the target.
template <class Draw>
std::vector<Candidate> fits_of(std::int64_t rows, Draw draw) {
  Random random(7);
  Tensor x = Tensor::zeros({rows, 1}), y = Tensor::zeros({rows, 1}, Type::f64);
  for (std::int64_t i = 0; i < rows; ++i) {
    x.set(i, random.normal());
    y.set(i, draw(random));
  }
  const QuickRows data(x, y, {}, five_folds(rows));
  return fit_numbers(data, facts_of(y.to_vector()));
}

double exponential(Random& r) { return -std::log(1 - r.uniform()); }

double poisson(Random& r, double rate) {
  double n = 0;
  for (double product = r.uniform(); product > std::exp(-rate); product *= r.uniform()) ++n;
  return n;
}

// The mean log density of a family at its own data is minus the entropy, whatever was fitted.
void expect_entropy(const std::vector<Candidate>& all, std::string_view name, double entropy) {
  for (const Candidate& c : all) {
    if (!c.loss.starts_with(name)) continue;
    const Estimate e = estimate(c.log_likelihood, Rows(c.log_likelihood.size(), 1));
    EXPECT_NEAR(e.mean, -entropy, 3.5 * e.error + 0.005) << c.loss;
    return;
  }
  ADD_FAILURE() << name << " is not among the candidates";
}

TEST(Advise, LikelihoodsOfErrorsAreMinusTheEntropy) {
  const double normal = 0.5 * std::log(2 * M_PI * std::exp(1.0));  // of deviation 1
  const auto gaussian = fits_of(2000, [](Random& r) { return 40 + 10 * r.normal(); });
  expect_entropy(gaussian, "mse", normal + std::log(10));
  expect_entropy(gaussian, "gaussian_nll", normal + std::log(10));
  expect_entropy(
      fits_of(2000, [](Random& r) { return r.uniform() < 0.5 ? exponential(r) : -exponential(r); }),
      "mae", 1 + std::log(2));
  // t of 2 degrees of freedom is 2 (u - 1/2) / sqrt(2 u (1 - u)); its entropy by digamma and beta:
  // 3/2 (psi(3/2) - psi(1)) + log(sqrt 2 B(1, 1/2)).
  const double student =
      1.5 * (0.03648997397857652 + 0.5772156649015329) + std::log(std::sqrt(2) * 2);
  expect_entropy(fits_of(2000,
                         [](Random& r) {
                           const double u = r.uniform();
                           return 2 * (u - 0.5) / std::sqrt(2 * u * (1 - u));
                         }),
                 "student_t_nll:df=2", student);
}

// The density of huber at delta = 1: uniform rejection below, entropy by a sum over a grid.
TEST(Advise, TheDensityOfHuberIsOne) {
  const auto rho = [](double u) { return std::abs(u) < 1 ? u * u / 2 : std::abs(u) - 0.5; };
  double integral = 0, entropy = 0;
  for (double u = -40; u < 40; u += 0.001) integral += 0.001 * std::exp(-rho(u));
  for (double u = -40; u < 40; u += 0.001)
    entropy += 0.001 * std::exp(-rho(u)) / integral * (rho(u) + std::log(integral));
  const auto draw = [&](Random& r) {
    for (;;) {  // from Laplace's e^-(|u| - 1/2), which lies above
      const double u = r.uniform() < 0.5 ? exponential(r) : -exponential(r);
      if (r.uniform() < std::exp(std::abs(u) - 0.5 - rho(u))) return u;
    }
  };
  expect_entropy(fits_of(2000, draw), "huber", entropy);
}

TEST(Advise, LikelihoodsOfPositiveNumbersAreMinusTheEntropy) {
  const auto gamma = fits_of(2000, [](Random& r) { return exponential(r) + exponential(r); });
  expect_entropy(gamma, "gamma_nll", 2 - 0.42278433509846713);  // k - (k - 1) psi(k), k = 2
  const auto log_normal = fits_of(2000, [](Random& r) { return std::exp(2 + r.normal()); });
  expect_entropy(log_normal, "log_normal_nll", 2.5 + 0.5 * std::log(2 * M_PI));
  const auto weibull = fits_of(2000, [](Random& r) { return std::sqrt(exponential(r)); });
  expect_entropy(weibull, "weibull_nll", 0.5772156649015329 / 2 - std::log(2.0) + 1);
}

TEST(Advise, LikelihoodsOfCountsAreMinusTheEntropy) {
  const auto entropy_of = [](auto log_mass) {
    double entropy = 0;
    for (int y = 0; y < 400; ++y) entropy -= std::exp(log_mass(y)) * log_mass(y);
    return entropy;
  };
  const auto log_poisson = [](double y, double m) {
    return y * std::log(m) - m - std::lgamma(y + 1);
  };
  const auto counts = fits_of(2000, [](Random& r) { return poisson(r, 3); });
  expect_entropy(counts, "poisson_nll", entropy_of([&](int y) { return log_poisson(y, 3); }));
  const auto spread = fits_of(
      2000, [](Random& r) { return poisson(r, 3 * (exponential(r) + exponential(r)) / 2); });
  expect_entropy(spread, "negative_binomial_nll", entropy_of([](int y) {  // r = 2, p = 2 / 5
                   return std::log(y + 1.0) + 2 * std::log(0.4) + y * std::log(0.6);
                 }));
  const auto inflated =
      fits_of(2000, [](Random& r) { return r.uniform() < 0.4 ? 0 : poisson(r, 3); });
  expect_entropy(inflated, "zero_inflated_poisson", entropy_of([&](int y) {
                   const double counted = std::log(0.6) + log_poisson(y, 3);
                   return y == 0 ? std::log(0.4 + std::exp(counted)) : counted;
                 }));
  // A normal distribution over cells of width 1 has the entropy of its density, nearly.
  const auto rounded = fits_of(2000, [](Random& r) { return std::round(50 + 4 * r.normal()); });
  expect_entropy(rounded, "mse", 0.5 * std::log(2 * M_PI * std::exp(1.0)) + std::log(4));
}

// At power 1.5 the jumps are exponential, and the density is Bessel's.
TEST(Advise, TweedieIsTheCompoundPoissonDensity) {
  for (const double y : {0.01, 1.0, 7.0}) {
    const double mean = 1.7, dispersion = 0.8;
    const double rate = 2 * std::sqrt(mean) / dispersion, scale = dispersion * std::sqrt(mean) / 2;
    const double bessel = std::cyl_bessel_i(1.0, 2 * std::sqrt(rate * y / scale));
    const double expected =
        -rate - y / scale + 0.5 * std::log(rate / (scale * y)) + std::log(bessel);
    EXPECT_NEAR(tweedie_log_density(y, mean, dispersion, 1.5), expected,
                1e-10 * std::abs(expected));
  }
  EXPECT_NEAR(tweedie_log_density(0, 1.7, 0.8, 1.5), -2 * std::sqrt(1.7) / 0.8, 1e-14);
}

TEST(Advise, AnEstimateIsAWeightedMeanWithItsError) {
  const Estimate e = estimate({1, 4}, {1, 3});
  EXPECT_DOUBLE_EQ(e.mean, 13.0 / 4);
  EXPECT_DOUBLE_EQ(e.error, std::sqrt(2.25 * 2.25 + 9 * 0.75 * 0.75) / 4);
}

Candidate with(const char* loss, int parameters, Rows merits) {
  return {.loss = loss, .parameters = parameters, .log_likelihood = std::move(merits)};
}
Measure likelihood() {
  return {.name = "log-likelihood", .unit = "nats per row", .merits = [](const Candidate& c) {
            return c.log_likelihood;
          }};
}

TEST(Advise, TiesGoToTheSimplerAndTheBestIsSecond) {
  const std::vector<Candidate> all = {with("far", 0, {-9, -9, -9, -9}),
                                      with("middling", 2, {-1.2, -1.2, -1.2, -1.1}),
                                      with("simple", 1, {-1, -1.4, -0.9, -1.2}),
                                      with("best", 3, {-1, -1, -1, -1.1}), with("none", 0, {})};
  const auto order = ordered(all, likelihood(), {1, 1, 1, 1});
  ASSERT_EQ(order.size(), 5U);
  EXPECT_EQ(order[0].loss, "simple");
  EXPECT_EQ(order[1].loss, "best");
  EXPECT_EQ(order[2].loss, "middling");
  EXPECT_EQ(order[3].loss, "far");
  EXPECT_EQ(order[4].loss, "none");
  EXPECT_FALSE(order[4].score);
  EXPECT_NE(order[0].reasons.back().find("the simpler stands first"), std::string::npos);
  ASSERT_TRUE(order[1].difference);
  EXPECT_NEAR(order[1].difference->mean, -0.1, 1e-12);
  EXPECT_FALSE(order[1].difference->shown());
  EXPECT_NE(order[1].reasons.back().find("no difference shown to simple"), std::string::npos);
  EXPECT_TRUE(order[3].difference->shown());
}

TEST(Advise, ADifferenceThatIsShownPutsTheBetterFirst) {
  const auto order = ordered(
      {with("simple", 0, {-1.1, -1.2, -1.1, -1.2}), with("better", 5, {-1, -1.1, -1, -1.09})},
      likelihood(), {1, 1, 1, 1});
  EXPECT_EQ(order[0].loss, "better");
}

TEST(Advise, LabelsHaveTheOrderOfTheirWords) {
  const auto places = [](std::vector<std::string> names) {
    return class_facts(names, Tensor::from(std::vector<std::int64_t>{0, 1, 2}),
                       Tensor::ones({3}, Type::f64))
        .place;
  };
  EXPECT_EQ(places({"High", "low", "MEDIUM"}), (std::vector<std::int64_t>{2, 0, 1}));
  EXPECT_EQ(places({"10 km", "2 km", "3 km"}), (std::vector<std::int64_t>{2, 0, 1}));
  EXPECT_EQ(places({"agree", "disagree", "strongly_agree"}), (std::vector<std::int64_t>{1, 0, 2}));
  EXPECT_TRUE(places({"cat", "dog", "owl"}).empty());
  EXPECT_TRUE(places({"low", "medium", "owl"}).empty());
  EXPECT_TRUE(places({"1 to 2", "3 to 4", "5 to 6"}).empty());
}

TEST(Advise, ATargetsStepIsSeen) {
  EXPECT_EQ(facts_of({0.5, 1, 1.5, 3, 2, 0.5}).step, 0.5);
  EXPECT_EQ(facts_of({1, 4, 2, 7, 3}).step, 1);
  // A deviation below the step.
  EXPECT_EQ(facts_of({0, 0, 0, 1, 0, 0, 0, 2, 0, 1}).step, 1);
  EXPECT_EQ(facts_of({1, 1, 2, 1, 1, 1, 3}).step, 1);
  EXPECT_EQ(facts_of({10, 20, 10, 10, 10, 10}).step, 10);
  EXPECT_EQ(facts_of({0.5, 1.5, 0.5, 0.5, 0.5, 0.5}).step, 0.5);
  // A few large numbers make nothing of the small ones.
  EXPECT_LT(facts_of({1.1e-7, 2.3e-7, 1.7e-7, 3.9e-7, 5}).step, 1e-6);
  EXPECT_EQ(facts_of({1e-7, 4e-7, 2e-7, 7e-7, 3e-7}).step, 1e-7);
  EXPECT_EQ(facts_of({5e8, 1e9, 2.5e9, 1.5e9}).step, 5e8);
  EXPECT_EQ(facts_of({1.23e-8, 4.5671e-8, 2.2e-8, 7.19e-8}).step, 0);
  EXPECT_TRUE(facts_of({3, 1, 4, 1, 5, 9}).counts());
  EXPECT_TRUE(facts_of({0, 180, 12000, 37, 450}).counts());
  EXPECT_TRUE(facts_of({208137, 150221, 312014, 99871}).may_be_amounts()) << "prices";
  EXPECT_FALSE(facts_of({3, 1, 4, 1, 5, 9}).may_be_amounts());
  EXPECT_TRUE(facts_of({0, 1, 0.5, 1, 1, 0.25}).shares_with_ends());
  EXPECT_FALSE(facts_of({0, 1, 0.5, 0.7, 0.1, 0.25}).shares_with_ends()) << "scaled by the largest";
  EXPECT_TRUE(facts_of({0, 1.5, 2.5, 4.5}).positive_but_for_zeros());
  EXPECT_FALSE(facts_of({20, 40, 10, 70}).counts()) << "tens";
  EXPECT_EQ(facts_of({0.123, 4.5671, 2.2, 7.19}).step, 0);
  EXPECT_TRUE(facts_of({0, 0, 0, 1.5, 2.2}).zeros_and_more());
  EXPECT_FALSE(facts_of({0, 0, 0, 1, 2}).zeros_and_more());
}

// Whatever the unit of the target, the same density is the likeliest.
TEST(Advise, LikelihoodsMoveWithTheUnitAlone) {
  const auto draw = [](Random& r) { return 0.5 + exponential(r); };
  const auto one = fits_of(400, draw);
  for (const double unit : {1e-7, 1e6}) {
    const auto other = fits_of(400, [&](Random& r) { return unit * draw(r); });
    const auto family = [](const Candidate& of) { return of.loss.substr(0, of.loss.find(':')); };
    const auto mean = [](const Candidate& of) {
      return std::accumulate(of.log_likelihood.begin(), of.log_likelihood.end(), 0.0) / 400;
    };
    for (const Candidate& candidate : one) {
      const auto same = std::ranges::find(other, family(candidate), family);
      ASSERT_NE(same, other.end()) << candidate.loss << unit;
      EXPECT_NEAR(mean(*same), mean(candidate) - std::log(unit), 0.02) << candidate.loss << unit;
    }
  }
}

TEST(Advise, CurvesNeedRows) {
  Random random(3);
  Tensor x = Tensor::zeros({200, 2});
  for (std::int64_t i = 0; i < x.elements(); ++i) x.set(i, random.normal());
  EXPECT_EQ(curves_of(x).size(1), 2 + 2 * 4 + 1);
  EXPECT_FALSE(curves_of(Tensor::ones({200, 1})).defined());
  Tensor few = Tensor::zeros({20, 2});
  for (std::int64_t i = 0; i < few.elements(); ++i) few.set(i, random.normal());
  EXPECT_FALSE(curves_of(few).defined());
}

TEST(Advise, CommandsAreAsAShellReadsThem) {
  TableRunOptions run;
  run.data = "my data/it's.csv";
  run.target = "y";
  run.ignore = "a,b";
  EXPECT_EQ(train_command(run, "huber:delta=1", "--class-order 'a b,c'"),
            "downhill train 'my data/it'\\''s.csv' --target y --loss huber:delta=1 "
            "--class-order 'a b,c' --ignore a,b");
  run.ignore = "";
  run.test = 0.1;
  run.validation_file = "later.csv";
  EXPECT_EQ(train_command(run, "mse", ""),
            "downhill train 'my data/it'\\''s.csv' --target y --loss mse --validation later.csv "
            "--test 0.1");
}

TEST(Advise, RefusesBeforeAFileIsOpened) {
  TableRunOptions run;
  run.data = "there-is-none.csv";
  EXPECT_THROW(advise_table(run), UsageError);
  run.target = "y";
  EXPECT_THROW(advise_table(run, {.metric = "beauty"}), UsageError);
  EXPECT_THROW(advise_table(run, {.cost_under = -1}), UsageError);
  EXPECT_THROW(advise_table(run, {.cost_under = NAN}), UsageError);
  EXPECT_THROW(advise_table(run, {.folds = 1}), UsageError);
  EXPECT_THROW(advise_table(run, {.cost_over = 2, .metric = "mae"}), UsageError);
  EXPECT_THROW(advise_table(run), FileError);
}

}  // namespace
}  // namespace downhill::detail
