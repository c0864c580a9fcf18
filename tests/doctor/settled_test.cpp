#include "downhill/doctor/settled.h"

#include <gtest/gtest.h>

#include <cmath>

#include "downhill/core/random.h"

namespace downhill {
namespace {

template <class F>
Curve curve(std::int64_t n, double noise, F loss) {
  Random random(5);
  Curve c;
  for (std::int64_t i = 1; i <= n; ++i)
    c.points.push_back(
        {0, 10 * i,
         loss(static_cast<double>(i) / static_cast<double>(n)) + noise * random.normal()});
  return c;
}

double falls_then_rests(double t) { return t < 0.4 ? 3 - 5 * t : 1; }

TEST(Settled, WhereTheFallIsLostInTheNoise) {
  for (const double noise : {0.0, 0.01, 0.1}) {
    const auto from = converged_from(curve(400, noise, falls_then_rests));
    ASSERT_TRUE(from) << noise;
    EXPECT_NEAR(static_cast<double>(*from), 1600, 110 + 1200 * noise) << noise;
  }
}

TEST(Settled, WhatStillFallsHasNotConverged) {
  EXPECT_FALSE(converged_from(curve(400, 0.01, [](double t) { return 3 - 2 * t; })));
  EXPECT_FALSE(converged_from(curve(400, 0.01, [](double t) { return std::exp(-3 * t); })));
}

TEST(Settled, WhatNeverFellIsThereFromTheBeginning) {
  EXPECT_EQ(converged_from(curve(100, 0, [](double) { return 2.0; })), 10);
}

TEST(Settled, AUnitChangesNothing) {
  const auto scaled = [](double unit) {
    return converged_from(curve(200, 0, [unit](double t) { return unit * falls_then_rests(t); }));
  };
  EXPECT_EQ(scaled(1), scaled(1e-12));
  EXPECT_EQ(scaled(1), scaled(1e12));
}

TEST(Settled, FewPointsSayNothing) {
  EXPECT_FALSE(converged_from(curve(19, 0, [](double) { return 2.0; })));
}

}  // namespace
}  // namespace downhill
