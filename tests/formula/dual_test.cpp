#include <gtest/gtest.h>

#include <cmath>

#include "downhill/formula/dual_math.h"

namespace downhill {
namespace {

using L = Lanes<double>;
using Second = Dual<Dual<L>>;

struct Derivatives {
  double value, first, second;
};

template <class F>
Derivatives derive(F f, double x) {
  Second n{Dual<L>(L(x))};
  n.v.d[0] = L(1.0);
  n.d[0] = Dual<L>(1.0);
  const Second r = f(n);
  return {r.v.v.first(), r.d[0].v.first(), r.d[0].d[0].first()};
}

template <class F>
void expect_derivatives(const char* name, F f, double x, double value, double first,
                        double second) {
  const Derivatives d = derive(f, x);
  const auto near = [&](double ours, double exact, const char* what) {
    EXPECT_NEAR(ours, exact, 1e-13 * (1 + std::abs(exact))) << name << " " << what << " at " << x;
  };
  near(d.value, value, "value");
  near(d.first, first, "slope");
  near(d.second, second, "second derivative");
}

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }

TEST(Dual, EveryFunctionToSecondOrder) {
  for (const double x : {0.3, 1.7, 0.01, 2.5}) {
    const double s = sigmoid_of(x), t = std::tanh(x), e = std::exp(x);
    const double g = 2 / std::sqrt(std::acos(-1.0)) * std::exp(-x * x);
    expect_derivatives(
        "exp", [](auto n) { return exp(n); }, x, e, e, e);
    expect_derivatives(
        "expm1", [](auto n) { return expm1(n); }, x, std::expm1(x), e, e);
    expect_derivatives(
        "log", [](auto n) { return log(n); }, x, std::log(x), 1 / x, -1 / (x * x));
    expect_derivatives(
        "log1p", [](auto n) { return log1p(n); }, x, std::log1p(x), 1 / (1 + x),
        -1 / ((1 + x) * (1 + x)));
    expect_derivatives(
        "sin", [](auto n) { return sin(n); }, x, std::sin(x), std::cos(x), -std::sin(x));
    expect_derivatives(
        "cos", [](auto n) { return cos(n); }, x, std::cos(x), -std::sin(x), -std::cos(x));
    expect_derivatives(
        "sqrt", [](auto n) { return sqrt(n); }, x, std::sqrt(x), 0.5 / std::sqrt(x),
        -0.25 * std::pow(x, -1.5));
    expect_derivatives(
        "tanh", [](auto n) { return tanh(n); }, x, t, 1 - t * t, -2 * t * (1 - t * t));
    expect_derivatives(
        "erf", [](auto n) { return erf(n); }, x, std::erf(x), g, -2 * x * g);
    expect_derivatives(
        "sigmoid", [](auto n) { return sigmoid(n); }, x, s, s * (1 - s), s * (1 - s) * (1 - 2 * s));
    expect_derivatives(
        "softplus", [](auto n) { return softplus(n); }, x, std::log1p(e), s, s * (1 - s));
    for (const double p : {2.0, 3.0, 4.0, -1.0, 0.5, 1.0, 2.7, -2.5})
      expect_derivatives(
          "pow", [p](auto n) { return pow(n, p); }, x, std::pow(x, p), p * std::pow(x, p - 1),
          p * (p - 1) * std::pow(x, p - 2));
    const double self = std::pow(x, x), log = std::log(x);
    expect_derivatives(
        "x^x", [](auto n) { return pow(n, n); }, x, self, self * (log + 1),
        self * ((log + 1) * (log + 1) + 1 / x));
    expect_derivatives(
        "2^x", [](auto n) { return pow(2.0, n); }, x, std::exp2(x), std::log(2.0) * std::exp2(x),
        std::log(2.0) * std::log(2.0) * std::exp2(x));
    expect_derivatives(
        "abs", [](auto n) { return abs(-n); }, x, x, 1, 0);
    expect_derivatives(
        "max", [](auto n) { return max(n * n, 0.001 * n); }, x, std::max(x * x, 0.001 * x), 2 * x,
        2);
    expect_derivatives(
        "min", [](auto n) { return min(n * n, 100.0); }, x, x * x, 2 * x, 2);
  }
}

TEST(Dual, ArithmeticWithConstantsAndWithItself) {
  for (const double x : {0.4, -1.3, 3.0}) {
    expect_derivatives(
        "3-x", [](auto n) { return 3 - n; }, x, 3 - x, -1, 0);
    expect_derivatives(
        "x-3", [](auto n) { return n - 3; }, x, x - 3, 1, 0);
    expect_derivatives(
        "2x", [](auto n) { return 2 * n; }, x, 2 * x, 2, 0);
    expect_derivatives(
        "x/2", [](auto n) { return n / 2; }, x, x / 2, 0.5, 0);
    expect_derivatives(
        "2/x", [](auto n) { return 2 / n; }, x, 2 / x, -2 / (x * x), 4 / (x * x * x));
    expect_derivatives(
        "x*x*x", [](auto n) { return n * n * n; }, x, x * x * x, 3 * x * x, 6 * x);
    expect_derivatives(
        "x/(1+x^2)", [](auto n) { return n / (1 + n * n); }, x, x / (1 + x * x),
        (1 - x * x) / std::pow(1 + x * x, 2), 2 * x * (x * x - 3) / std::pow(1 + x * x, 3));
    expect_derivatives(
        "-x", [](auto n) { return -n; }, x, -x, -1, 0);
    expect_derivatives(
        "where", [](auto n) { return where(n > 0.0, n * n, 5 * n); }, x, x > 0 ? x * x : 5 * x,
        x > 0 ? 2 * x : 5, x > 0 ? 2 : 0);
    expect_derivatives(
        "with_value", [](auto n) { return with_value(n, value_only(n) + 1.0); }, x, x + 1, 1, 0);
    expect_derivatives(
        "square", [](auto n) { return square(n); }, x, x * x, 2 * x, 2);
  }
}

TEST(Dual, KinksAndTails) {
  EXPECT_EQ(derive([](auto n) { return abs(n); }, 0).first, 0);
  EXPECT_EQ(derive([](auto n) { return floor(n); }, 1.5).first, 0);
  EXPECT_EQ(derive([](auto n) { return sign(n); }, 1.5).first, 0);
  // The tie has the slope of the second.
  EXPECT_EQ(derive([](auto n) { return max(2 * n, 3 * n); }, 0).first, 3);
  EXPECT_EQ(derive([](auto n) { return max(n, 0.0); }, 0).first, 0);
  // A branch not taken cannot leak its NaN.
  EXPECT_EQ(derive([](auto n) { return where(n > 0.0, log(n), 2 * n); }, -1).first, 2);
  EXPECT_EQ(derive([](auto n) { return pow(n, 2.0); }, 0).second, 2);
  EXPECT_EQ(derive([](auto n) { return pow(n, 1.0); }, 0).first, 1);
  EXPECT_EQ(derive([](auto n) { return pow(n, 0 * n); }, 0).first, 0);  // a^0 is 1 for every a
  // The tails keep their digits.
  const double s = derive([](auto n) { return sigmoid(n); }, 40).first;
  EXPECT_NEAR(s / std::exp(-40.0), 1, 1e-14);
  EXPECT_NEAR(derive([](auto n) { return sigmoid(n); }, 0).second, 0, 1e-16);
  EXPECT_EQ(derive([](auto n) { return softplus(n); }, 0).second, 0.25);
  EXPECT_EQ(derive([](auto n) { return softplus(n); }, 800).first, 1);
}

// An infinite slope, or a logarithm that is none, times a number that does not move is nothing.
TEST(Dual, WhatDoesNotMoveMovesNothing) {
  using D = Dual<L, 2>;
  const auto moving = [](double value, std::size_t k) {
    D x(L{value});
    x.d[k] = L(1.0);
    return x;
  };
  const D zero = moving(0, 0), three = moving(3, 1);
  EXPECT_EQ((sqrt(zero) * three).d[1].first(), 0);
  EXPECT_EQ((sqrt(zero) + three).d[1].first(), 1);
  EXPECT_EQ((sqrt(zero) + three).d[0].first(), std::numeric_limits<double>::infinity());
  EXPECT_EQ((pow(zero, 0.5) + three).d[1].first(), 1);
  EXPECT_EQ(pow(zero, moving(0.5, 1)).d[1].first(), 0);
  const D below = pow(moving(-3, 0), D(L(3.0)));
  EXPECT_EQ(below.d[0].first(), 27);
  EXPECT_EQ(below.d[1].first(), 0);
  EXPECT_TRUE(std::isnan(pow(moving(-3, 0), three).d[1].first())) << "the exponent moves";
}

// d2 a^b / da db = a^(b-1) (1 + b log a), also where b is 0.
TEST(Dual, PowerOfAnExponentOfZeroBendsInBoth) {
  using D = Dual<Dual<L>, 2>;
  D a{Dual<L>(L(2.0))}, b{Dual<L>(L(0.0))};
  a.d[0] = b.d[1] = Dual<L>(1.0);
  b.v.d[0] = L(1.0);  // the second direction is b's
  EXPECT_EQ(pow(a, b).d[0].d[0].first(), 0.5);
  a.v.d[0] = L(1.0);
  b.v.d[0] = L(0.0);
  EXPECT_EQ(pow(a, b).d[1].d[0].first(), 0.5);
  EXPECT_EQ(pow(a, b).d[0].d[0].first(), 0);
}

TEST(Dual, ManyDirectionsAtOnce) {
  using D = Dual<L, 3>;
  D x(L(2.0)), y(L(3.0)), z(L(5.0));
  x.d[0] = y.d[1] = z.d[2] = L(1.0);
  const D r = x * y / z + exp(x) - y;
  EXPECT_NEAR(r.d[0].first(), 3.0 / 5 + std::exp(2.0), 1e-14);
  EXPECT_NEAR(r.d[1].first(), 2.0 / 5 - 1, 1e-15);
  EXPECT_NEAR(r.d[2].first(), -6.0 / 25, 1e-15);
}

}  // namespace
}  // namespace downhill
