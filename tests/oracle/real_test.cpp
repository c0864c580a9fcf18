// The oracles' number against constants of the literature and derivatives by hand.
#include <gtest/gtest.h>

#include "tests/oracle/real_math.h"

namespace oracle {
namespace {

/// a 10^-18 + b 10^-36 ...: decimal digits beyond those of a literal.
Quad digits(std::initializer_list<long long> groups) {
  Quad sum = 0, unit = 1;
  for (const long long group : groups) {
    unit /= static_cast<Quad>(1000000000000000000LL);
    sum += static_cast<Quad>(group) * unit;
  }
  return sum;
}
void expect_close(Quad ours, Quad truth) {
  EXPECT_LE(static_cast<double>(magnitude(ours - truth)), 1e-31);
}
Real moving(double x) {
  Real r = x;
  r.by_input = 1;
  r.along = 1;
  return r;
}

TEST(OracleNumber, HasThirtyDigits) {
  // pi - 3, e - 2, log 2, Euler's constant: Abramowitz and Stegun, table 1.1.
  expect_close(pi().value - 3, digits({141592653589793238, 462643383279502884}));
  expect_close(exp(Real(1)).value - 2, digits({718281828459045235, 360287471352662497}));
  expect_close(log(Real(2)).value, digits({693147180559945309, 417232121458176568}));
  expect_close(-quad::gamma_slopes(1).first, digits({577215664901532860, 606512090082402431}));
}

TEST(OracleNumber, DigammaAndTrigamma) {
  const Quad square = pi().value * pi().value;
  expect_close(quad::gamma_slopes(1).second, square / 6);
  expect_close(quad::gamma_slopes(0.5).second, square / 2);
  // psi(1/2) = -gamma - 2 log 2; psi(x + 1) = psi(x) + 1/x, across where the series takes over.
  expect_close(quad::gamma_slopes(0.5).first, quad::gamma_slopes(1).first - 2 * log(Real(2)).value);
  for (const Quad x : {Quad(0.25), Quad(39.5), Quad(41)}) {
    expect_close(quad::gamma_slopes(x + 1).first, quad::gamma_slopes(x).first + 1 / x);
    expect_close(quad::gamma_slopes(x + 1).second, quad::gamma_slopes(x).second - 1 / (x * x));
  }
}

TEST(OracleNumber, DerivativesByHand) {
  const Real x = moving(0.5);
  const auto expect = [](const Real& f, double slope, double curvature) {
    EXPECT_NEAR(static_cast<double>(f.by_input), slope, 1e-14);
    EXPECT_NEAR(static_cast<double>(f.along), slope, 1e-14);
    EXPECT_NEAR(static_cast<double>(f.both), curvature, 1e-14);
  };
  expect(x * x * x, 0.75, 3);
  expect(1 / x, -4, 16);
  expect(x / (1 + x), 4.0 / 9, -16.0 / 27);
  expect(log(x), 2, -4);
  expect(log1p(x), 2.0 / 3, -4.0 / 9);
  expect(sqrt(x), std::sqrt(0.5), -std::sqrt(0.5));
  expect(pow(x, 3.0), 0.75, 3);
  expect(pow(2, x), std::log(2) * std::sqrt(2), std::log(2) * std::log(2) * std::sqrt(2));
  expect(exp(2 * x), 2 * std::exp(1), 4 * std::exp(1));
  expect(cosh(x), std::sinh(0.5), std::cosh(0.5));
  expect(cos(x), -std::sin(0.5), -std::cos(0.5));
  expect(sin(x), std::cos(0.5), -std::sin(0.5));
  expect(acos(x), -2 / std::sqrt(3), -4 / std::sqrt(27));
  expect(atan(x), 0.8, -0.64);
  expect(erfc(x), -std::exp(-0.25) * 1.1283791670955126, std::exp(-0.25) * 1.1283791670955126);
  expect(lgamma(x), -1.9635100260214235, 4.934802200544679);
  expect(fabs(-x), 1, 0);
  expect(fabs(x - 0.5), 0, 0);
  // Of f(a, b) = a^2 b: df/da along (1, 2), and its change along it: 2 b + 2 a * 2 at (3, 5).
  Real a = 3, b = 5;
  a.by_input = 1, a.along = 1, b.along = 2;
  EXPECT_EQ(static_cast<double>((a * a * b).both), 22);
}

TEST(OracleNumber, CarriesTheLargestNumberThatWasAdded) {
  EXPECT_EQ((Real(1e6) - Real(1e6) + Real(1)).term, 1e6);
  EXPECT_EQ(((Real(4) - Real(3)) * Real(2)).term, 8);
  EXPECT_EQ(exp(Real(0)).term, 1);
  EXPECT_NEAR(exp(Real(-100)).term, 100 * std::exp(-100), 1e-50);
  EXPECT_NEAR(log(Real(8) + Real(8)).term, std::log(16.0), 1e-15);
}

}  // namespace
}  // namespace oracle
