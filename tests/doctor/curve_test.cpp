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
  sample::add_epochs(log, 9, "train", sample::falls(0.1));
  EXPECT_EQ(train_curve(log, 10).unit, "group of steps");
  log.epochs.clear();
  sample::add_epochs(log, 10, "train", sample::falls(0.1));
  EXPECT_EQ(train_curve(log, 10).unit, "epoch");
  EXPECT_TRUE(validation_curve(log).empty());
}

}  // namespace
}  // namespace downhill
