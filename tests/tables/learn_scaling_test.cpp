#include "downhill/tables/detail/learn_scaling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace downhill::detail {
namespace {

using Numbers = std::vector<double>;

LearntScaling learnt(const Numbers& numbers) {
  return learn_scaling([&](const auto& take) { take(numbers); });
}

TEST(LearnScaling, MeanDeviationMedian) {
  const LearntScaling l = learnt({4, 1, 2, 3});
  EXPECT_EQ(l.scaling.center, 2.5);
  EXPECT_EQ(l.scaling.scale, std::sqrt(1.25));
  EXPECT_EQ(l.scaling.median, 2.5);
  EXPECT_FALSE(l.scaling.robust);
  EXPECT_EQ(l.low, 1);
  EXPECT_EQ(l.high, 4);
  EXPECT_EQ(learnt({5, 1, 2}).scaling.median, 2);
  EXPECT_TRUE(learnt({3, 3, 3}).constant());
  EXPECT_EQ(learnt({3}).scaling.scale, 1);
}

// 1 .. 99 and one far value: quartiles 25.75 and 75.25, median 50.5, (75.25 - 25.75) / 1.349.
TEST(LearnScaling, HeavyTailsAreScaledByQuartiles) {
  const auto with = [](double far) {
    Numbers numbers = {far};
    for (int i = 1; i < 100; ++i) numbers.push_back(i);
    return learnt(numbers).scaling;
  };
  const double spread = 49.5 / 1.349;
  const Scaling robust = with(1e6);
  EXPECT_TRUE(robust.robust);
  EXPECT_DOUBLE_EQ(robust.center, 50.5);
  EXPECT_DOUBLE_EQ(robust.scale, spread);
  EXPECT_EQ(robust.median, robust.center);
  // The deviation of a far value among 100 is far / 100 * sqrt(99): 10 spreads lie at 3,690.
  EXPECT_FALSE(with(3600).robust);
  EXPECT_TRUE(with(3800).robust);
  Numbers zeros(100, 0.0);
  zeros[0] = 1e9;
  EXPECT_FALSE(learnt(zeros).scaling.robust) << "no quartiles to scale by";
}

TEST(LearnScaling, UnitsDoNotMatter) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  Numbers base;
  for (int i = 0; i < 500; ++i) base.push_back(normal(random));
  const Scaling one = learnt(base).scaling;
  for (const int power : {-990, -500, -60, 60, 500, 990}) {
    Numbers scaled;
    for (const double x : base) scaled.push_back(std::ldexp(x, power));
    const Scaling s = learnt(scaled).scaling;
    EXPECT_EQ(s.center, std::ldexp(one.center, power)) << "bit for bit";
    EXPECT_EQ(s.scale, std::ldexp(one.scale, power));
    EXPECT_EQ(s.median, std::ldexp(one.median, power));
  }
  for (const double unit : {1e-300, 1e-170, 1e-160, 1e12, 1e160, 1e300}) {
    Numbers scaled;
    for (const double x : base) scaled.push_back(x * unit);
    const Scaling s = learnt(scaled).scaling;
    EXPECT_NEAR(s.scale / unit, one.scale, 1e-14 * one.scale) << unit;
    EXPECT_NEAR(s.center / unit, one.center, 1e-14) << unit;
  }
}

// An offset of 1e12 leaves about four digits of the unit: mean and deviation keep them.
TEST(LearnScaling, Offsets) {
  Numbers numbers;
  for (int i = 0; i < 1001; ++i) numbers.push_back(1e12 + i);
  const Scaling s = learnt(numbers).scaling;
  EXPECT_EQ(s.center, 1e12 + 500);
  EXPECT_NEAR(s.scale, std::sqrt((1001.0 * 1001 - 1) / 12), 1e-9);
  const double most = std::numeric_limits<double>::max();
  EXPECT_NEAR(learnt({-most, most}).scaling.scale / most, 1, 1e-15);
}

}  // namespace
}  // namespace downhill::detail
