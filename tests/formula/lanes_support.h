#pragma once
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "downhill/core/random.h"
#include "downhill/formula/dual_math.h"

// Shared by the tests of the two processor levels; everything here is compiled once per level.

namespace downhill {
inline namespace DOWNHILL_LEVEL {
namespace lanes_test {

/// Distance in units of the last place of the exact result.
template <class T>
double ulps(T ours, long double exact) {
  if (std::isnan(exact)) return std::isnan(ours) ? 0 : 1e9;
  if (std::isinf(static_cast<T>(exact))) return ours == static_cast<T>(exact) ? 0 : 1e9;
  if (std::isnan(ours) || std::isinf(ours)) return 1e9;
  const T rounded = std::abs(static_cast<T>(exact));
  const T tiny = std::numeric_limits<T>::min();
  const T base = rounded < tiny ? tiny : rounded;
  const long double unit =
      static_cast<long double>(std::nextafter(base, std::numeric_limits<T>::infinity())) -
      static_cast<long double>(base);
  return static_cast<double>(std::abs(static_cast<long double>(ours) - exact) / unit);
}

template <class T, class F>
std::vector<T> on_lanes(const std::vector<T>& x, F f) {
  std::vector<T> out(x.size());
  const auto size = static_cast<std::size_t>(Lanes<T>::size);
  for (std::size_t i = 0; i + size <= x.size(); i += size)
    Lanes<T>(f(Lanes<T>::load(&x[i]))).store(&out[i]);
  return out;
}

/// Numbers over the whole range [low, high], and every power of two inside; a multiple of 8.
template <class T>
std::vector<T> sweep(double low, double high) {
  Random random(11);
  std::vector<T> x;
  for (int i = 0; i < 60000; ++i)
    x.push_back(static_cast<T>(low + (high - low) * random.uniform()));
  for (int e = -60; e < 60; ++e)
    for (const double v : {std::ldexp(1.0, e), -std::ldexp(1.37, e)})
      if (v >= low && v <= high) x.push_back(static_cast<T>(v));
  while (x.size() % 8 != 0) x.push_back(static_cast<T>(low));
  return x;
}

template <class T, class F, class G>
void accuracy(const char* name, double low, double high, double allowed, F ours, G exact) {
  const auto x = sweep<T>(low, high);
  const auto y = on_lanes<T>(x, ours);
  double worst = 0;
  T where_worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double error = ulps(y[i], exact(static_cast<long double>(x[i])));
    if (error > worst) {
      worst = error;
      where_worst = x[i];
    }
  }
  std::printf("  %-9s %s [%g, %g]: %.2f ULP at %g\n", name, sizeof(T) == 4 ? "float " : "double",
              low, high, worst, static_cast<double>(where_worst));
  EXPECT_LE(worst, allowed) << name;
}

template <class T>
void accuracy_of_all() {
  using L = long double;
  const bool single = sizeof(T) == 4;
  const double big = single ? 88 : 709, small = single ? -87 : -708;
  accuracy<T>(
      "exp", small, big, 2, [](auto x) { return exp(x); }, [](L x) { return std::exp(x); });
  accuracy<T>(
      "exp", -1, 1, 2, [](auto x) { return exp(x); }, [](L x) { return std::exp(x); });
  accuracy<T>(
      "expm1", -20, big, 2, [](auto x) { return expm1(x); }, [](L x) { return std::expm1(x); });
  accuracy<T>(
      "expm1", -1, 1, 2, [](auto x) { return expm1(x); }, [](L x) { return std::expm1(x); });
  accuracy<T>(
      "log", 1e-30, 1e30, 2, [](auto x) { return log(x); }, [](L x) { return std::log(x); });
  accuracy<T>(
      "log", 0.5, 2, 2, [](auto x) { return log(x); }, [](L x) { return std::log(x); });
  accuracy<T>(
      "log1p", -0.999, 1, 2, [](auto x) { return log1p(x); }, [](L x) { return std::log1p(x); });
  accuracy<T>(
      "log1p", 0, 1e20, 2, [](auto x) { return log1p(x); }, [](L x) { return std::log1p(x); });
  accuracy<T>(
      "tanh", -1, 1, 2, [](auto x) { return tanh(x); }, [](L x) { return std::tanh(x); });
  accuracy<T>(
      "tanh", -30, 30, 2, [](auto x) { return tanh(x); }, [](L x) { return std::tanh(x); });
  accuracy<T>(
      "sin", -100, 100, 2, [](auto x) { return sin(x); }, [](L x) { return std::sin(x); });
  accuracy<T>(
      "cos", -100, 100, 2, [](auto x) { return cos(x); }, [](L x) { return std::cos(x); });
  accuracy<T>(
      "sqrt", 0, 1e20, 0.51, [](auto x) { return sqrt(x); }, [](L x) { return std::sqrt(x); });
  accuracy<T>(
      "erf", -1, 1, single ? 3 : 2, [](auto x) { return erf(x); }, [](L x) { return std::erf(x); });
  accuracy<T>(
      "erf", -6, 6, single ? 3 : 2, [](auto x) { return erf(x); }, [](L x) { return std::erf(x); });
  accuracy<T>(
      "pow1.7", 0, 1e10, 2, [](auto x) { return pow(x, 1.7); },
      [](L x) { return std::pow(x, static_cast<L>(static_cast<T>(1.7))); });
  accuracy<T>(
      "pow2", -1e10, 1e10, 2, [](auto x) { return pow(x, 2.0); }, [](L x) { return x * x; });
}

/// The same element among different neighbours, in every lane, has the same bits.
template <class T, class F>
void independent(const char* name, F f) {
  constexpr auto size = static_cast<std::size_t>(Lanes<T>::size);
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  const T neighbours[] = {0, 1, T(-30), T(1e30), T(1e-30), inf, -inf, nan, T(100)};
  for (const double value : {0.3, -0.7, 2.5, 17.0, 80.0, -1e-20, 1e5, 0.9999}) {
    std::vector<T> alone(size, static_cast<T>(value));
    const T expected = on_lanes<T>(alone, f)[0];
    for (const T neighbour : neighbours) {
      for (std::size_t lane = 0; lane < size; ++lane) {
        std::vector<T> mixed(size, neighbour);
        mixed[lane] = static_cast<T>(value);
        const T got = on_lanes<T>(mixed, f)[lane];
        const bool same = std::isnan(expected)
                              ? std::isnan(got)
                              : got == expected && std::signbit(got) == std::signbit(expected);
        EXPECT_TRUE(same) << name << "(" << value << ") beside " << static_cast<double>(neighbour);
      }
    }
  }
}

template <class T>
void independence_of_all() {
  independent<T>("exp", [](auto x) { return exp(x); });
  independent<T>("expm1", [](auto x) { return expm1(x); });
  independent<T>("log", [](auto x) { return log(x); });
  independent<T>("log1p", [](auto x) { return log1p(x); });
  independent<T>("tanh", [](auto x) { return tanh(x); });
  independent<T>("sin", [](auto x) { return sin(x); });
  independent<T>("cos", [](auto x) { return cos(x); });
  independent<T>("erf", [](auto x) { return erf(x); });
  independent<T>("sqrt", [](auto x) { return sqrt(x); });
  independent<T>("pow", [](auto x) { return pow(x, 1.7); });
  independent<T>("sigmoid", [](auto x) { return sigmoid(x); });
  independent<T>("softplus", [](auto x) { return softplus(x); });
  independent<T>("max", [](auto x) { return max(x, 1.0); });
}

template <class T, class F>
double at(F f, double x) {
  return static_cast<double>(Lanes<T>(f(Lanes<T>(x))).first());
}

template <class T>
void special_values() {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
  const auto expect = [](const char* name, double ours, double exact) {
    if (std::isnan(exact)) EXPECT_TRUE(std::isnan(ours)) << name << " gives " << ours;
    else EXPECT_EQ(ours, exact) << name;
  };
  expect("exp(inf)", at<T>([](auto x) { return exp(x); }, inf), inf);
  expect("exp(-inf)", at<T>([](auto x) { return exp(x); }, -inf), 0);
  expect("exp(nan)", at<T>([](auto x) { return exp(x); }, nan), nan);
  expect("exp(0)", at<T>([](auto x) { return exp(x); }, 0), 1);
  expect("exp(1e4)", at<T>([](auto x) { return exp(x); }, 1e4), inf);
  expect("exp(-1e4)", at<T>([](auto x) { return exp(x); }, -1e4), 0);
  expect("expm1(-inf)", at<T>([](auto x) { return expm1(x); }, -inf), -1);
  expect("expm1(inf)", at<T>([](auto x) { return expm1(x); }, inf), inf);
  expect("expm1(nan)", at<T>([](auto x) { return expm1(x); }, nan), nan);
  expect("log(0)", at<T>([](auto x) { return log(x); }, 0), -inf);
  expect("log(-1)", at<T>([](auto x) { return log(x); }, -1), nan);
  expect("log(inf)", at<T>([](auto x) { return log(x); }, inf), inf);
  expect("log(nan)", at<T>([](auto x) { return log(x); }, nan), nan);
  expect("log1p(-1)", at<T>([](auto x) { return log1p(x); }, -1), -inf);
  expect("log1p(-2)", at<T>([](auto x) { return log1p(x); }, -2), nan);
  expect("log1p(inf)", at<T>([](auto x) { return log1p(x); }, inf), inf);
  expect("log1p(nan)", at<T>([](auto x) { return log1p(x); }, nan), nan);
  expect("tanh(inf)", at<T>([](auto x) { return tanh(x); }, inf), 1);
  expect("tanh(-inf)", at<T>([](auto x) { return tanh(x); }, -inf), -1);
  expect("tanh(nan)", at<T>([](auto x) { return tanh(x); }, nan), nan);
  expect("erf(inf)", at<T>([](auto x) { return erf(x); }, inf), 1);
  expect("erf(nan)", at<T>([](auto x) { return erf(x); }, nan), nan);
  expect("sqrt(-1)", at<T>([](auto x) { return sqrt(x); }, -1), nan);
  expect("sqrt(inf)", at<T>([](auto x) { return sqrt(x); }, inf), inf);
  expect("sin(inf)", at<T>([](auto x) { return sin(x); }, inf), nan);
  expect("sigmoid(1e4)", at<T>([](auto x) { return sigmoid(x); }, 1e4), 1);
  expect("sigmoid(-1e4)", at<T>([](auto x) { return sigmoid(x); }, -1e4), 0);
  expect("sigmoid(inf)", at<T>([](auto x) { return sigmoid(x); }, inf), 1);
  expect("sigmoid(nan)", at<T>([](auto x) { return sigmoid(x); }, nan), nan);
  expect("softplus(1e4)", at<T>([](auto x) { return softplus(x); }, 1e4), 1e4);
  expect("softplus(-inf)", at<T>([](auto x) { return softplus(x); }, -inf), 0);
  expect("softplus(inf)", at<T>([](auto x) { return softplus(x); }, inf), inf);
  expect("softplus(nan)", at<T>([](auto x) { return softplus(x); }, nan), nan);
  expect("max(nan, 1)", at<T>([](auto x) { return max(x, 1.0); }, nan), nan);
  expect("min(1, nan)", at<T>([](auto x) { return min(1.0, x); }, nan), nan);
  expect("sign(nan)", at<T>([](auto x) { return sign(x); }, nan), nan);
  expect("sign(-3)", at<T>([](auto x) { return sign(x); }, -3), -1);
  expect("pow(0, 0)", at<T>([](auto x) { return pow(x, 0.0); }, 0), 1);
  expect("pow(0, -1)", at<T>([](auto x) { return pow(x, -1.0); }, 0), inf);
  expect("pow(0, 0.5)", at<T>([](auto x) { return pow(x, 0.5); }, 0), 0);
  expect("pow(-2, 3)", at<T>([](auto x) { return pow(x, 3.0); }, -2), -8);
  expect("pow(-2, 5)", at<T>([](auto x) { return pow(x, 5.0); }, -2), -32);
  expect("pow(-2, 0.3)", at<T>([](auto x) { return pow(x, 0.3); }, -2), nan);
}

}  // namespace lanes_test
}  // namespace DOWNHILL_LEVEL
}  // namespace downhill
