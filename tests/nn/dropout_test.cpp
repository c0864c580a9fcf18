#include "downhill/nn/dropout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "downhill/nn/init.h"
#include "downhill/nn/sequential.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/reduce.h"
#include "tests/support/bits.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

TEST(Dropout, DropsAboutItsShareAndKeepsTheMean) {
  for (const double rate : {0.1, 0.5, 0.9}) {
    nn::Dropout dropout(rate, 3);
    const Tensor y = dropout(Tensor::ones({200, 500}));
    double zeros = 0;
    for (const double v : y.to_vector()) {
      if (v == 0) ++zeros;
      else EXPECT_FLOAT_EQ(static_cast<float>(v), static_cast<float>(1 / (1 - rate)));
    }
    EXPECT_NEAR(zeros / 100000, rate, 5 * std::sqrt(rate * (1 - rate) / 100000));
    EXPECT_NEAR(mean(y).item(), 1, 0.05);
  }
}

TEST(Dropout, PassesOnInEvaluationAndAtRateZero) {
  nn::Dropout dropout(0.5, 1);
  const Tensor x = points({7, 9}, 1, -2, 2, Type::f32);
  dropout.eval();
  EXPECT_TRUE(same_bits(dropout(x), x));
  dropout.train();
  EXPECT_FALSE(same_bits(dropout(x), x));
  EXPECT_TRUE(same_bits(nn::Dropout(0.0)(x), x));
  for (const double bad : {-0.1, 1.0, std::nan("")})
    expect_usage([&] { nn::Dropout{bad}; }, "rate");
}

TEST(Dropout, IsAFunctionOfSeedAndCall) {
  const Tensor x = Tensor::ones({33, 129});
  nn::Dropout a(0.5, 7), b(0.5, 7), c(0.5, 8);
  const Tensor first = a(x), second = a(x);
  EXPECT_FALSE(same_bits(first, second));
  EXPECT_TRUE(same_bits(b(x), first));
  EXPECT_FALSE(same_bits(c(x), first));
  std::vector<std::pair<std::string, Tensor>> saved;
  for (const Parameter& p : b.state()) saved.emplace_back(p.name, p.tensor.clone());
  c.load(saved);  // goes on where b is
  EXPECT_TRUE(same_bits(c(x), second));
  a.seed(7);
  EXPECT_TRUE(same_bits(a(x), first));
}

TEST(Dropout, TheGradientIsTheMask) {
  Tensor x = Tensor::ones({50, 40});
  x.requires_grad(true);
  nn::Dropout dropout(0.3, 2);
  const Tensor y = dropout(x);
  sum(y).backward();
  EXPECT_TRUE(same_bits(x.grad(), y.detach()));
}

// Two layers that drop the same elements would drop them together: half of all, where three quarters
// are right, and a mean of 2.
TEST(Dropout, LayersWithoutASeedDropElementsOfTheirOwn) {
  const Tensor x = Tensor::ones({1000, 100});
  nn::seed(1);
  const nn::Sequential twice(nn::Dropout(0.5), nn::Dropout(0.5));
  const Tensor y = twice(x);
  EXPECT_NEAR(mean(y).item(), 1, 0.02);
  const auto first = nn::Dropout(0.5)(x);
  nn::seed(1);
  const Tensor a = nn::Dropout(0.5)(x), b = nn::Dropout(0.5)(x);
  nn::seed(1);
  EXPECT_TRUE(same_bits(nn::Dropout(0.5)(x), a)) << "the thread's seed decides";
  EXPECT_FALSE(same_bits(a, b));
  nn::seed(2);
  EXPECT_FALSE(same_bits(nn::Dropout(0.5)(x), a));
}

}  // namespace
}  // namespace downhill
