#include "downhill/core/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

namespace downhill {
namespace {

using Words = std::array<std::uint32_t, 4>;

// Known answers of Random123, kat_vectors: philox4x32 10.
TEST(Random, PhiloxKnownAnswers) {
  EXPECT_EQ(philox(0, 0, 0), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const std::uint64_t ones = ~std::uint64_t{0};
  EXPECT_EQ(philox(ones, ones, ones), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  // counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0: digits of pi.
  EXPECT_EQ(philox(0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, IsAValue) {
  Random a(7, 3);
  for (int i = 0; i < 5; ++i) a.bits();
  Random b(a.seed(), a.stream(), a.position());
  EXPECT_EQ(a.bits(), b.bits());
  EXPECT_EQ(a.normal(), b.normal());
  EXPECT_NE(Random(7, 3).bits(), Random(7, 4).bits());
  EXPECT_NE(Random(7, 3).bits(), Random(8, 3).bits());
}

TEST(Random, UniformStatistics) {
  Random random(1);
  constexpr int n = 1000000;
  double sum = 0, squares = 0, low = 1, high = 0, neighbours = 0, last = 0.5;
  std::vector<double> counts(100);
  for (int i = 0; i < n; ++i) {
    const double u = random.uniform();
    ASSERT_TRUE(u >= 0 && u < 1);
    sum += u - 0.5;
    squares += (u - 0.5) * (u - 0.5);
    neighbours += (u - 0.5) * (last - 0.5);
    last = u;
    low = std::min(low, u);
    high = std::max(high, u);
    ++counts[static_cast<std::size_t>(u * 100)];
  }
  EXPECT_NEAR(sum / n, 0, 5 * std::sqrt(1.0 / 12 / n));
  EXPECT_NEAR(squares / n, 1.0 / 12, 5 * std::sqrt(1.0 / 180 / n));
  EXPECT_NEAR(neighbours / n, 0, 5.0 / 12 / std::sqrt(n));
  double chi = 0;
  for (const double c : counts) chi += (c - n / 100.0) * (c - n / 100.0) / (n / 100.0);
  EXPECT_LT(chi, 99 + 5 * std::sqrt(2 * 99.0));
  EXPECT_LT(low, 2e-5);
  EXPECT_GT(high, 1 - 2e-5);
}

TEST(Random, NormalStatistics) {
  Random random(2);
  constexpr int n = 1000000;
  double moments[4] = {}, beyond = 0;
  for (int i = 0; i < n; ++i) {
    const double x = random.normal();
    ASSERT_TRUE(std::isfinite(x));
    double power = 1;
    for (double& m : moments) m += power *= x;
    beyond += std::abs(x) > 3 ? 1 : 0;
  }
  EXPECT_NEAR(moments[0] / n, 0, 5e-3);
  EXPECT_NEAR(moments[1] / n, 1, 5 * std::sqrt(2.0 / n));
  EXPECT_NEAR(moments[2] / n, 0, 5 * std::sqrt(15.0 / n));
  EXPECT_NEAR(moments[3] / n, 3, 5 * std::sqrt(96.0 / n));
  EXPECT_NEAR(beyond / n, 0.0026998, 5 * std::sqrt(0.0027 / n));
}

TEST(Random, BelowIsUnbiasedAndInRange) {
  Random random(3);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts[random.below(7)];
  for (const int c : counts) EXPECT_NEAR(c, 10000, 5 * 93);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(random.below(1), 0u);
    EXPECT_LT(random.below((std::uint64_t{1} << 63) + 1), (std::uint64_t{1} << 63) + 1);
  }
}

// Of the 2^64 values, 4/3 of this bound, a quarter must be rejected: else the lowest third of the
// results would have half of the draws.
TEST(Random, BelowRejectsWhatIsUneven) {
  constexpr std::uint64_t third = std::uint64_t{1} << 62, bound = 3 * third;
  Random random(4);
  constexpr int n = 30000;
  int counts[3] = {};
  for (int i = 0; i < n; ++i) ++counts[random.below(bound) / third];
  for (const int c : counts) EXPECT_NEAR(c, n / 3, 5 * std::sqrt(n * 2.0 / 9));
  EXPECT_NEAR(static_cast<double>(random.position()), n * 4 / 3.0, 5 * std::sqrt(n * 4 / 9.0));
}

}  // namespace
}  // namespace downhill
