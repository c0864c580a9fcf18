// A training run starts from the best constants of a distribution: found for each from data whose
// distribution is known.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "downhill/core/random.h"
#include "downhill/losses/loss.h"
#include "downhill/train/head.h"
#include "downhill/train/task.h"

namespace downhill {
namespace {

constexpr std::size_t kRows = 1000;

std::vector<double> drawn(const std::function<double(Random&)>& one) {
  Random random(11);
  std::vector<double> y(kRows);
  for (double& v : y) v = one(random);
  return y;
}
double exponential(Random& random) { return -std::log1p(-random.uniform()); }
double poisson(Random& random, double rate) {
  double count = 0, left = std::exp(-rate);
  for (double product = random.uniform(); product > left; product *= random.uniform()) ++count;
  return count;
}

/// The constants that are found, as the loss's predictions.
void expect_constants(const char* text, const std::vector<double>& y,
                      const std::vector<double>& truth, double share) {
  SCOPED_TRACE(text);
  const Loss loss = Loss::parse(text);
  EXPECT_EQ(wants_of(loss), Wants::quantity);
  EXPECT_EQ(loss.outputs().size(), loss.predictions() > 1 ? truth.size() : 0);
  const Head head = find_head({.loss = loss, .target = Tensor::from(y)});
  ASSERT_EQ(head.size(), truth.size());
  EXPECT_TRUE(std::isfinite(head.constant_loss));
  EXPECT_GT(head.k, 0);
  const Tensor at = head(Tensor::zeros({1, static_cast<std::int64_t>(truth.size())}, Type::f64));
  for (std::size_t j = 0; j < truth.size(); ++j) {
    EXPECT_NEAR(at.at(static_cast<std::int64_t>(j)), truth[j], share * (std::abs(truth[j]) + 0.1));
    EXPECT_GT(head.s[j], 0);
  }
}

TEST(DistributionHeads, TheConstantsOfEachFamilyAreFound) {
  const auto laplace = drawn([](Random& r) {
    const double e = exponential(r);
    return 50 + 3 * (r.uniform() < 0.5 ? e : -e);
  });
  expect_constants("laplace_nll", laplace, {50, 3}, 0.15);
  const auto normal = drawn([](Random& r) { return -20 + 2 * r.normal(); });
  expect_constants("crps_normal", normal, {-20, 2}, 0.15);
  expect_constants("student_t_nll:df=200", normal, {-20, 2}, 0.15);
  expect_constants("log_normal_nll",
                   drawn([](Random& r) { return std::exp(1 + 0.5 * r.normal()); }), {1, 0.5}, 0.15);
  const auto gamma =
      drawn([](Random& r) { return 10 * (exponential(r) + exponential(r) + exponential(r)); });
  expect_constants("gamma_nll", gamma, {30, 3}, 0.15);
  expect_constants("weibull_nll", drawn([](Random& r) { return 5 * std::sqrt(exponential(r)); }),
                   {5, 2}, 0.15);
  expect_constants("beta_nll", drawn([](Random& r) {
                     const double a = exponential(r) + exponential(r), b = exponential(r);
                     return b / (a + b);
                   }),
                   {-std::log(2.0), 3}, 0.2);
}

TEST(DistributionHeads, TheConstantsOfCountsAreFound) {
  const auto spread = drawn([](Random& r) {  // rates of a gamma distribution: mean 6, shape 2
    return poisson(r, 3 * (exponential(r) + exponential(r)));
  });
  expect_constants("negative_binomial_nll", spread, {6, 0.5}, 0.2);
  const auto zeros = drawn([](Random& r) { return r.uniform() < 0.4 ? 0.0 : poisson(r, 5); });
  expect_constants("zero_inflated_poisson", zeros, {5, std::log(0.4 / 0.6)}, 0.3);
  double mean = 0;
  for (const double v : zeros) mean += v / static_cast<double>(zeros.size());
  expect_constants("tweedie", zeros, {std::log(mean)}, 0.01);
}

}  // namespace
}  // namespace downhill
