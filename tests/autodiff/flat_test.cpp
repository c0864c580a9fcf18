#include "downhill/autodiff/flat.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "downhill/core/parallel.h"
#include "downhill/core/random.h"

namespace downhill {
namespace {

std::vector<double> random_vector(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> x(n);
  for (double& value : x) value = random.normal();
  return x;
}

TEST(Flat, SumsAreThoseOfLongDouble) {
  for (const std::size_t n : {0U, 1U, 5U, 4096U, 4099U, 100000U, 2500000U}) {
    const auto a = random_vector(n, 1), b = random_vector(n, 2);
    long double sum = 0, size = 0;
    for (std::size_t i = 0; i < n; ++i) {
      sum += static_cast<long double>(a[i]) * b[i];
      size += std::abs(static_cast<long double>(a[i]) * b[i]);
    }
    EXPECT_NEAR(flat::dot(a, b), static_cast<double>(sum), 2e-15 * static_cast<double>(size)) << n;
    const auto projected = flat::project({b, a}, a);
    EXPECT_EQ(projected[0], flat::dot(a, b)) << n;
    EXPECT_EQ(projected[1], flat::dot(a, a)) << n;
  }
}

TEST(Flat, PassesThatAreOneAreTheTwo) {
  const std::size_t n = 70001;
  const auto x = random_vector(n, 1), z = random_vector(n, 2);
  auto one = random_vector(n, 3), two = one;
  const double inner = flat::add_and_dot(one, -0.7, x, z);
  flat::add(two, -0.7, x);
  EXPECT_EQ(one, two);
  EXPECT_EQ(inner, flat::dot(z, two));
  std::vector<double> moved(n);
  flat::combine(moved, z, -0.7, x);
  for (const std::size_t i : {std::size_t{0}, std::size_t{4096}, n - 1})
    EXPECT_EQ(moved[i], z[i] + -0.7 * x[i]);
  flat::subtract_from(moved, z);
  for (const std::size_t i : {std::size_t{0}, std::size_t{4096}, n - 1})
    EXPECT_EQ(moved[i], z[i] - (z[i] + -0.7 * x[i]));
}

TEST(Flat, TheNumberOfThreadsChangesNoBit) {
  const auto a = random_vector(300000, 1), b = random_vector(300000, 2);
  const int before = threads();
  set_threads(1);
  auto y = b;
  const double dot = flat::dot(a, b), added = flat::add_and_dot(y, 1.5, a, b);
  for (const int count : {2, 3, 4}) {
    set_threads(count);
    auto again = b;
    EXPECT_EQ(flat::dot(a, b), dot);
    EXPECT_EQ(flat::add_and_dot(again, 1.5, a, b), added);
    EXPECT_EQ(again, y);
  }
  set_threads(before);
}

TEST(Flat, TensorsAreReadAndWritten) {
  const Tensor t({1.5, -2, 0.25}, Type::f32);
  std::vector<double> x(3);
  flat::read(t, x);
  EXPECT_EQ(x, (std::vector<double>{1.5, -2, 0.25}));
  x[1] = 0.1;
  flat::write(x, t);
  EXPECT_EQ(t.at(1), static_cast<double>(0.1F));
  EXPECT_EQ(flat::largest(x), 1.5);
  EXPECT_TRUE(flat::all_finite(x));
  x[2] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(flat::all_finite(x));
  EXPECT_EQ(unit_roundoff({Tensor({1.0}, Type::f64)}), 0x1p-53);
  EXPECT_EQ(unit_roundoff({Tensor({1.0}, Type::f64), t}), 0x1p-24);
}

}  // namespace
}  // namespace downhill
