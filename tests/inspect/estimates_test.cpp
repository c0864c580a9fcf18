#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "downhill/core/error.h"
#include "downhill/inspect/density.h"
#include "downhill/inspect/estimate.h"
#include "downhill/inspect/trace.h"
#include "tests/inspect/matrices.h"

namespace downhill {
namespace {

using namespace testing_matrices;

/// A spectrum like a network's: a bulk around 0, negative ones too, and a few outliers.
Vector bulk_and_outliers(std::size_t n) {
  Vector values;
  for (std::size_t i = 0; i < n; ++i)
    values.push_back(std::sin(0.7 * static_cast<double>(i)) * 0.3 + 0.1);
  for (std::size_t i = 0; i < 6; ++i) values[i] = 5 + static_cast<double>(i * i);
  return values;
}

double sum(const Vector& v) { return std::accumulate(v.begin(), v.end(), 0.0); }

TEST(Estimate, StudentsTIsThatOfTheTables) {
  // R: qt(0.975, n)
  for (const auto& [n, t] : {std::pair(1, 12.7062), std::pair(3, 3.182446), std::pair(4, 2.776445),
                             std::pair(9, 2.262157), std::pair(30, 2.042272)})
    EXPECT_NEAR(student_t(n), t, 1e-3 * t) << n;
}

TEST(Estimate, MeanOfSamples) {
  const Estimate e = mean_of(std::vector<double>{1, 2, 3, 4}, 10);
  EXPECT_DOUBLE_EQ(e.value, 12.5);
  EXPECT_DOUBLE_EQ(e.standard_error, std::sqrt(5.0 / 3 / 4));
  EXPECT_NEAR(e.high - e.value, 3.182446 * e.standard_error, 1e-4);
  EXPECT_TRUE(std::isinf(mean_of(std::vector<double>{1}).high));
}

TEST(Trace, IntervalHoldsTheTruthIn90To99Of100Seeds) {
  const Vector values = bulk_and_outliers(300);
  const double truth = sum(values);
  const LinearOperator a = with_spectrum(values);
  int held = 0;
  double squares = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Estimate e = trace(a, 300, {.products = 45, .seed = seed});
    held += e.contains(truth);
    squares += (e.value - truth) * (e.value - truth) / 100;
  }
  EXPECT_GE(held, 90);
  EXPECT_LE(held, 99);
  EXPECT_LT(std::sqrt(squares), 0.05 * truth);
}

TEST(Trace, ExactWhereTheSpaceIsSmallAndOfLowRank) {
  const Estimate small = trace(with_spectrum({1, -2, 3.5, 0}), 4);
  EXPECT_NEAR(small.value, 2.5, 1e-13);
  EXPECT_EQ(small.samples, 0);
  Vector low_rank(200);
  low_rank[0] = 7;
  low_rank[9] = -3;
  const Estimate exact = trace(with_spectrum(low_rank), 200, {.products = 12});
  EXPECT_NEAR(exact.value, 4, 1e-11);
  EXPECT_LT(exact.standard_error, 1e-10);
  EXPECT_EQ(trace(diagonal(Vector(100)), 100, {.products = 9}).value, 0);
}

TEST(Trace, OfBlocks) {
  // A matrix that is diagonal but for one entry beside it in each row: blocks of 100 and 200.
  const Vector d = bulk_and_outliers(300);
  const LinearOperator a = [&](const Vector& v) {
    Vector w(v.size());
    for (std::size_t i = 0; i < v.size(); ++i) {
      w[i] = d[i] * v[i];
      if (i > 0) w[i] += 0.2 * v[i - 1];
      if (i + 1 < v.size()) w[i] += 0.2 * v[i + 1];
    }
    return w;
  };
  const double first = sum({d.begin(), d.begin() + 100}), second = sum(d) - first;
  int held = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const std::vector<Estimate> parts =
        block_traces(a, std::vector<std::int64_t>{100, 200}, {.products = 30, .seed = seed});
    ASSERT_EQ(parts.size(), 3U);
    held += parts[0].contains(first) + parts[1].contains(second) + parts[2].contains(sum(d));
    EXPECT_NEAR(parts[2].value, parts[0].value + parts[1].value, 1e-9);
  }
  EXPECT_GE(held, 270);
  EXPECT_LE(held, 297);
}

TEST(Trace, RefusesWhatItCannotMeasure) {
  EXPECT_THROW(trace(diagonal({1}), 0), UsageError);
  EXPECT_THROW(trace(diagonal({1, 2}), 2, {.products = 5}), UsageError);
  EXPECT_THROW(trace(diagonal({1, std::nan("")}), 2), NumericError);
}

TEST(Density, IntervalsHoldTheTruthIn90To99Of100Seeds) {
  const Vector values = bulk_and_outliers(400);
  const LinearOperator a = with_spectrum(values);
  int held = 0, points = 0, negative = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    // So wide that 24 steps resolve it: what is tested is the interval, not the resolution.
    const Density found = spectral_density(
        a, 400, {.probes = 8, .steps = 24, .points = 40, .width = 1, .seed = seed});
    EXPECT_FALSE(found.exact);
    Density truth;
    truth.nodes = values;
    truth.weights = Vector(400, 1.0 / 400);
    truth.width = 1;
    for (std::size_t i = 0; i < found.at.size(); ++i) {
      if (truth(found.at[i]) < 1e-6) continue;
      ++points;
      const double here = truth(found.at[i]);
      held += here >= found.density_low[i] && here <= found.density_high[i];
    }
    double share = 0;
    for (const double v : values) share += v < -found.cut ? 1.0 / 400 : 0;
    negative += found.negative.contains(share);
    EXPECT_NEAR(found.negative.value + found.zero.value + found.positive.value, 1, 1e-12);
  }
  EXPECT_GE(held, 0.90 * points);
  EXPECT_LE(held, 0.99 * points);
  EXPECT_GE(negative, 90);
}

TEST(Density, ExactWhereTheSpaceIsSmall) {
  const Density found = spectral_density(with_spectrum({-1, 0, 2, 5}), 4);
  EXPECT_TRUE(found.exact);
  EXPECT_DOUBLE_EQ(found.negative.value, 0.25);
  EXPECT_DOUBLE_EQ(found.zero.value, 0.25);
  EXPECT_NEAR(found.high, 5, 1e-12);
  double area = 0;
  for (std::size_t i = 1; i < found.at.size(); ++i)
    area += 0.5 * (found.density[i] + found.density[i - 1]) * (found.at[i] - found.at[i - 1]);
  EXPECT_NEAR(area, 1, 1e-3);
  // Of zeros alone there is a density too.
  const Density zeros = spectral_density(diagonal(Vector(5)), 5);
  EXPECT_EQ(zeros.zero.value, 1);
  for (const double x : zeros.density) EXPECT_TRUE(std::isfinite(x));
}

TEST(Density, RefusesOptionsOutOfRange) {
  const LinearOperator a = diagonal({1, 2, 3});
  EXPECT_THROW(spectral_density(a, 3, {.probes = 1}), UsageError);
  EXPECT_THROW(spectral_density(a, 3, {.steps = 1}), UsageError);
  EXPECT_THROW(spectral_density(a, 3, {.width = -1}), UsageError);
}

}  // namespace
}  // namespace downhill
