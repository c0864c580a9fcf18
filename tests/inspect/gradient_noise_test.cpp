#include "downhill/inspect/gradient_noise.h"

#include <gtest/gtest.h>

#include <cmath>

#include "downhill/core/error.h"
#include "downhill/core/random.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/reduce.h"

namespace downhill {
namespace {

constexpr std::int64_t kDimension = 50;

/// Rows with losses (x - c_i)'x: gradient 2x - c_i at x, c_i normal with mean m and variance s^2, so that
/// tr Sigma is n s^2 and the true gradient 2x - m.
struct NoisyQuadratic {
  NoisyQuadratic(std::uint64_t seed, int batches, std::int64_t rows, double s, double length) {
    x = Tensor::zeros({kDimension}, Type::f64);
    x.requires_grad(true);
    Random random(seed, 5);
    for (int b = 0; b < batches; ++b) {
      Tensor mean = Tensor::zeros({kDimension}, Type::f64);
      for (std::int64_t k = 0; k < kDimension; ++k) {
        double total = 0;
        for (std::int64_t i = 0; i < rows; ++i) total += s * random.normal();
        mean.set(k, total / static_cast<double>(rows) + length / std::sqrt(kDimension));
      }
      parts.push_back([this, mean] { return sum(x * (x - mean)); });
    }
  }
  Tensor x;
  std::vector<Objective::Part> parts;
};

TEST(GradientNoise, IntervalHoldsTheKnownNoiseScaleIn90To99Of100Seeds) {
  const double s = 1.5, length = 2, truth = kDimension * s * s / (length * length);
  int held = 0;
  double logs = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const NoisyQuadratic q(seed, 24, 8, s, length);
    const GradientNoise noise = gradient_noise(q.parts, 8, {q.x});
    held += noise.noise_scale.contains(truth);
    logs += std::log(noise.noise_scale.value / truth) / 100;
    EXPECT_EQ(noise.rows, 192);
  }
  EXPECT_GE(held, 90);
  EXPECT_LE(held, 99);
  EXPECT_NEAR(logs, 0, 0.1);
}

TEST(GradientNoise, FiguresOfOneMeasurementByHand) {
  // Two kinds of batches of 4 rows in one dimension: gradients 3 and 1, four times each.
  Tensor x = Tensor::zeros({1}, Type::f64);
  x.requires_grad(true);
  std::vector<Objective::Part> parts;
  for (int i = 0; i < 8; ++i)
    parts.push_back([x, slope = i % 2 == 0 ? 3.0 : 1.0] { return sum(slope * x); });
  const GradientNoise n = gradient_noise(parts, 4, {x});
  const double variance = 4 * (8.0 / 7);  // 4 rows times the variance 8/7 of the batches
  EXPECT_DOUBLE_EQ(n.variance, variance);
  EXPECT_DOUBLE_EQ(n.gradient_norm2, 4 - variance / 32);
  EXPECT_DOUBLE_EQ(n.noise_scale.value, variance / (4 - variance / 32));
  EXPECT_DOUBLE_EQ(n.norm_test, std::sqrt(variance / 4 / n.gradient_norm2));
  EXPECT_DOUBLE_EQ(n.inner_test, std::sqrt(4 * 8.0 / 7) / n.gradient_norm2);
  EXPECT_EQ(n.suggested_batch(), 1);
}

TEST(GradientNoise, WithoutNoiseAndWithNothingElse) {
  const NoisyQuadratic quiet(1, 8, 4, 0, 2);
  const GradientNoise none = gradient_noise(quiet.parts, 4, {quiet.x});
  EXPECT_NEAR(none.noise_scale.value, 0, 1e-12);
  EXPECT_EQ(none.suggested_batch(), 1);
  const NoisyQuadratic lost(1, 12, 4, 1, 0);
  const GradientNoise all = gradient_noise(lost.parts, 4, {lost.x});
  EXPECT_TRUE(std::isinf(all.noise_scale.high));
  EXPECT_GT(all.noise_scale.low, 10);
}

TEST(GradientNoise, OneBatchWithAllTheNoiseSaysNothingOfIt) {
  Tensor x = Tensor::zeros({1}, Type::f64);
  x.requires_grad(true);
  std::vector<Objective::Part> parts;
  for (int i = 0; i < 8; ++i)
    parts.push_back([x, slope = i == 0 ? 3.0 : 0.0] { return sum(slope * x); });
  const GradientNoise one = gradient_noise(parts, 3, {x});
  EXPECT_EQ(one.noise_scale.low, 0);
  EXPECT_TRUE(std::isinf(one.noise_scale.high));
  EXPECT_LE(one.suggested_batch(), 24);
  parts[0] = parts[1];
  const GradientNoise none = gradient_noise(parts, 3, {x});
  EXPECT_EQ(none.norm_test, 0);
  EXPECT_EQ(none.signal_to_noise, 0);
}

TEST(GradientNoise, RefusesTooFewBatches) {
  const NoisyQuadratic q(1, 7, 4, 1, 1);
  EXPECT_THROW(gradient_noise(q.parts, 4, {q.x}), UsageError);
}

}  // namespace
}  // namespace downhill
