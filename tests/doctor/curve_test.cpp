#include "downhill/doctor/curve.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/doctor/runs.h"

namespace downhill {
namespace {

using Numbers = std::vector<double>;

TEST(Curve, Medians) {
  EXPECT_TRUE(std::isnan(median(Numbers{})));
  EXPECT_EQ(median(Numbers{3}), 3);
  EXPECT_EQ(median(Numbers{4, 1, 3, 2}), 2.5);
  EXPECT_EQ(smoothed(Numbers{1, 9, 2, 3}), (Numbers{5, 2, 3, 2.5}));
  EXPECT_TRUE(std::isnan(level(Numbers{})));
  EXPECT_EQ(level(Numbers{3, 1}), 2);
  EXPECT_EQ(level(Numbers{1, 500, 2, 6}), 4) << "without the highest and the lowest";
  EXPECT_EQ(level(Numbers{0, 0, 0, 0, 0, 0, 8, 8, 8, 99}), 3) << "where a median is 0";
}

TEST(Curve, SlopesAndTrends) {
  EXPECT_EQ(theil_sen_slope(Numbers{1, 3, 5, 100, 9}), 2.0);
  EXPECT_EQ(theil_sen_slope(Numbers{1}), 0);
  // S = -10 of 5 points, deviation sqrt(5 4 15 / 18).
  EXPECT_NEAR(mann_kendall_z(Numbers{5, 4, 3, 2, 1}), -9 / std::sqrt(50.0 / 3), 1e-12);
  EXPECT_EQ(mann_kendall_z(Numbers{1, 1, 1, 1}), 0);
  EXPECT_EQ(noise_of(Numbers{1, 2, 3, 4, 5}), 0);
  Random random(1);
  Numbers noise;
  for (int i = 0; i < 4000; ++i) noise.push_back(5 + 0.001 * i + 0.5 * random.normal());
  EXPECT_NEAR(noise_of(noise), 0.5, 0.05);
}

TEST(Curve, ChoosesEpochsAndCondensesSteps) {
  RunLog log;
  sample::add_steps(log, 10000, sample::falls(0.1));
  EXPECT_EQ(train_curve(log, 10).size(), 400U);
  EXPECT_EQ(train_curve(log, 10).points.back().step, 10000);
  sample::add_epochs(log, 9, Split::train, sample::falls(0.1));
  EXPECT_FALSE(train_curve(log, 10).by_epoch);
  log.epochs.clear();
  sample::add_epochs(log, 10, Split::train, sample::falls(0.1));
  EXPECT_TRUE(train_curve(log, 10).by_epoch);
}

// A line from 10 to 1 over ten epochs: every figure can be told by hand.
TEST(Curve, TheShapeOfALine) {
  Curve curve;
  curve.by_epoch = true;
  for (std::int64_t i = 0; i < 10; ++i)
    curve.points.push_back({i + 1, 0, 10.0 - static_cast<double>(i)});
  const CurveShape s = shape_of(curve);
  EXPECT_EQ(s.start, 10);
  EXPECT_EQ(s.end, 2);     // of 3, 2, 1
  EXPECT_EQ(s.best, 1.5);  // of 2 and 1
  EXPECT_EQ(s.best_place, 9U);
  EXPECT_EQ(s.slope, -1);
  EXPECT_EQ(s.noise, 0);
  EXPECT_EQ(s.fallen(), 0.8);
  EXPECT_NEAR(s.still(), 2.7 / 8.5, 1e-12);  // three tenths of nine intervals
  EXPECT_TRUE(s.falls());
  EXPECT_FALSE(s.rises());
  EXPECT_TRUE(s.creeps());
  EXPECT_EQ(s.above_start, 0);
}

TEST(Curve, OfFewPointsThePaceIsNoHigherThanThatOfTheLastTwo) {
  Curve curve;
  curve.by_epoch = true;
  for (const double loss : {8.0, 6.0, 4.0, 2.0, 0.5, 0.0}) curve.points.push_back({0, 0, loss});
  const CurveShape s = shape_of(curve);
  EXPECT_EQ(s.last_step, -0.5);
  EXPECT_NEAR(s.still(), 0.5 * 0.3 * 5 / s.whole(), 1e-12);
  EXPECT_EQ(begun_at(s, 10).start, 10);
  EXPECT_EQ(begun_at(s, 5).start, 8);
}

// Of 300 steps with a noise of 0.08 the first six alone are higher, by less than twice that.
TEST(Curve, AStartThatIsGoneWithinAFewSteps) {
  Random random(3, 1);
  Curve curve;
  for (std::int64_t i = 0; i < 300; ++i)
    curve.points.push_back({0, i + 1, (i < 6 ? 1.15 : 1.0) + 0.08 * random.normal()});
  EXPECT_NEAR(shape_of(curve).start, 1.15, 0.06);
  for (std::size_t i = 0; i < 6; ++i) curve.points[i].value -= 0.15;
  EXPECT_NEAR(shape_of(curve).start, 1.0, 0.04);
}

}  // namespace
}  // namespace downhill
