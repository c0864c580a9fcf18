#include "downhill/formula/text_formula.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "downhill/formula/dual_math.h"

namespace downhill {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kHuge = std::numeric_limits<double>::infinity();

// Everything that a formula of x and y says at one point; the direction is (0.75, -1.5).
struct Answer {
  std::array<double, 7> all{};  // f, df/dx, df/dy, grad . u, (H u)_x, (H u)_y, sum
};
constexpr double kUx = 0.75, kUy = -1.5;

template <class T>
Answer from_text(const TextFormula& f, double at_x, double at_y) {
  const T x = static_cast<T>(at_x), y = static_cast<T>(at_y);
  const T ux = static_cast<T>(kUx), uy = static_cast<T>(kUy);
  const T* const in[] = {&x, &y};
  const T* const u[] = {&ux, &uy};
  T value = 0, gx = 0, gy = 0, along = 0, hx = 0, hy = 0;
  T* const slopes[] = {&gx, &gy};
  T* const products[] = {&hx, &hy};
  const double sum = f.slopes(in, nullptr, T{1}, &value, slopes, false, 1);
  f.curvature(in, nullptr, T{1}, u, products, &along, 1);
  return {{value, gx, gy, along, hx, hy, sum}};
}

template <class T, class F>
Answer from_duals(F f, double at_x, double at_y) {
  using L = Lanes<T>;
  using Inner = Dual<L, 1>;
  using Outer = Dual<Inner, 2>;
  const Outer x(Inner(L(at_x), {L(kUx)}), {Inner(1.0), Inner(0.0)});
  const Outer y(Inner(L(at_y), {L(kUy)}), {Inner(0.0), Inner(1.0)});
  const Outer r = f(x, y);
  const double value = r.v.v.first();
  return {{value, r.d[0].v.first(), r.d[1].v.first(), r.v.d[0].first(), r.d[0].d[0].first(),
           r.d[1].d[0].first(), value}};
}

void expect_near(const Answer& got, const Answer& expected, double tolerance,
                 const std::string& at) {
  for (std::size_t k = 0; k < got.all.size(); ++k) {
    const double e = expected.all[k];
    if (std::isnan(e)) EXPECT_TRUE(std::isnan(got.all[k])) << at << " entry " << k;
    else if (std::isinf(e)) EXPECT_EQ(got.all[k], e) << at << " entry " << k;
    else EXPECT_NEAR(got.all[k], e, tolerance * std::max(1.0, std::abs(e))) << at << " entry " << k;
  }
}

template <class F>
void compare(const std::string& text, F f, const std::vector<double>& points) {
  const auto formula = TextFormula::parse(text, {"x", "y"}, 2);
  for (const double x : points) {
    for (const double y : points) {
      const std::string at = text + " at " + std::to_string(x) + ", " + std::to_string(y);
      expect_near(from_text<double>(*formula, x, y), from_duals<double>(f, x, y), 1e-12, at);
      expect_near(from_text<float>(*formula, x, y), from_duals<float>(f, x, y), 2e-5,
                  at + " float");
    }
  }
}

const std::vector<double> kAll = {-2.5, -1, -0.375, 0.25, 0.8125, 1.75};
const std::vector<double> kPositive = {0.125, 0.6875, 1, 1.5, 3.25};

TEST(TextFormula, ArithmeticAgreesWithDualNumbers) {
  compare(
      "x*y + 3*x - y/4", [](auto x, auto y) { return x * y + 3 * x - y / 4; }, kAll);
  compare(
      "x/y - 2/x", [](auto x, auto y) { return x / y - 2 / x; }, kAll);
  compare(
      "-x^2 + (x - y)^3", [](auto x, auto y) { return -pow(x, 2) + pow(x - y, 3); }, kAll);
  compare(
      "x^4 * y^-1", [](auto x, auto y) { return pow(x, 4) * pow(y, -1); }, kAll);
  compare(
      "pow(x, 5) - pow(y, -3)", [](auto x, auto y) { return pow(x, 5) - pow(y, -3); }, kAll);
  compare(
      "x^0.5 * y^1.5", [](auto x, auto y) { return pow(x, 0.5) * pow(y, 1.5); }, kPositive);
  compare(
      "x^y", [](auto x, auto y) { return pow(x, y); }, kPositive);
  compare(
      "2^(x*y)", [](auto x, auto y) { return pow(2.0, x * y); }, kAll);
  compare(
      "(1-x)^2 + 100*(y-x^2)^2",
      [](auto x, auto y) { return pow(1 - x, 2) + 100 * pow(y - pow(x, 2), 2); }, kAll);
}

TEST(TextFormula, FunctionsAgreeWithDualNumbers) {
  compare(
      "exp(x*y)", [](auto x, auto y) { return exp(x * y); }, kAll);
  compare(
      "log(x*y)", [](auto x, auto y) { return log(x * y); }, kPositive);
  compare(
      "log1p(x+y)", [](auto x, auto y) { return log1p(x + y); }, kPositive);
  compare(
      "expm1(x-y)", [](auto x, auto y) { return expm1(x - y); }, kAll);
  compare(
      "sqrt(x*y)", [](auto x, auto y) { return sqrt(x * y); }, kPositive);
  compare(
      "tanh(x*y)", [](auto x, auto y) { return tanh(x * y); }, kAll);
  compare(
      "sigmoid(x+2*y)", [](auto x, auto y) { return sigmoid(x + 2 * y); }, kAll);
  compare(
      "softplus(x*y)", [](auto x, auto y) { return softplus(x * y); }, kAll);
  compare(
      "erf(x-y)", [](auto x, auto y) { return erf(x - y); }, kAll);
  compare(
      "sin(x*y)", [](auto x, auto y) { return sin(x * y); }, kAll);
  compare(
      "cos(x*y)", [](auto x, auto y) { return cos(x * y); }, kAll);
  compare(
      "atan(x*y)", [](auto x, auto y) { return atan(x * y); }, kAll);
  compare(
      "abs(x*y)", [](auto x, auto y) { return abs(x * y); }, kAll);
  compare(
      "sign(x)*y^2", [](auto x, auto y) { return sign(x) * pow(y, 2); }, kAll);
  compare(
      "min(x*y, x)", [](auto x, auto y) { return min(x * y, x); }, kAll);
  compare(
      "max(x*y, 1)", [](auto x, auto y) { return max(x * y, 1); }, kAll);
}

TEST(TextFormula, FarArgumentsKeepTheirDigits) {
  const std::vector<double> far = {-40, -20, 0, 20, 40};
  compare(
      "sigmoid(x)*y", [](auto x, auto y) { return sigmoid(x) * y; }, far);
  compare(
      "softplus(x)*y", [](auto x, auto y) { return softplus(x) * y; }, far);
  const auto sigmoid_of_x = TextFormula::parse("sigmoid(x)", {"x", "y"}, 2);
  EXPECT_NEAR(from_text<double>(*sigmoid_of_x, 40, 0).all[1] / std::exp(-40.0), 1, 1e-12);
}

TEST(TextFormula, ChoicesAgreeWithDualNumbers) {
  compare(
      "where(y > x, 10*(y-x)^2, (y-x)^2)",
      [](auto x, auto y) {
        auto e = y - x;
        return where(e > 0, 10 * e * e, e * e);
      },
      kAll);
  compare(
      "where(x > 0 and not (y >= 1) or x == -1, x*y^2, x^3)",
      [](auto x, auto y) {
        return where((x > 0 && !(y >= 1)) || x == -1, x * pow(y, 2), pow(x, 3));
      },
      kAll);
  compare(
      "where(x != 1, where(y <= x, x^2*y, y^2), x*y)",
      [](auto x, auto y) { return where(x != 1, where(y <= x, pow(x, 2) * y, pow(y, 2)), x * y); },
      kPositive);
}

TEST(TextFormula, KinksHaveTheSlopesOfDualNumbers) {
  const std::vector<double> at = {-1, 0, 1};
  compare(
      "abs(x) + abs(x - y)", [](auto x, auto y) { return abs(x) + abs(x - y); }, at);
  compare(
      "max(2*x, 3*y)", [](auto x, auto y) { return max(2 * x, 3 * y); }, at);
  compare(
      "min(2*x, 3*y)", [](auto x, auto y) { return min(2 * x, 3 * y); }, at);
  compare(
      "max(x, 0)*y", [](auto x, auto y) { return max(x, 0) * y; }, at);
  compare(
      "max(0, x)*y", [](auto x, auto y) { return max(0, x) * y; }, at);
  compare(
      "x^2 * y^0", [](auto x, auto y) { return pow(x, 2) * pow(y, 0); }, at);
  // x^0 is 1 for every x, 0 as well: value 1, slopes 0 (that by y is 0 log 0).
  const auto power = TextFormula::parse("x^y", {"x", "y"}, 2);
  const double zero[] = {0}, *in[] = {zero, zero};
  double value[] = {7}, by_x[] = {7}, by_y[] = {7}, *slopes[] = {by_x, by_y};
  power->slopes(in, nullptr, 1, value, slopes, false, 1);
  EXPECT_EQ(value[0], 1);
  EXPECT_EQ(by_x[0], 0);
  EXPECT_EQ(by_y[0], 0);
  compare(
      "sign(x)", [](auto x, auto y) { return sign(x) + 0 * y; }, at);
}

TEST(TextFormula, NanReachesTheValue) {
  for (const char* text : {"max(x, y)", "max(y, x)", "min(x, y)", "min(y, x)", "max(x, 0)", "0*x",
                           "abs(x)", "sign(x)", "where(x < 0, 1, x)"}) {
    const auto f = TextFormula::parse(text, {"x", "y"}, 2);
    EXPECT_TRUE(std::isnan(from_text<double>(*f, kNan, 1).all[0])) << text;
  }
}

TEST(TextFormula, TheBranchNotTakenDoesNotLeak) {
  const std::vector<double> at = {-2, 0, 1};
  compare(
      "where(x > 0, sqrt(x), 0)*y", [](auto x, auto y) { return where(x > 0, sqrt(x), 0) * y; },
      at);
  compare(
      "where(x > 0, log(x), x*y)", [](auto x, auto y) { return where(x > 0, log(x), x * y); }, at);
  compare(
      "where(x > 0, sqrt(x), where(x < -1, sqrt(-x), 3*x*y))",
      [](auto x, auto y) { return where(x > 0, sqrt(x), where(x < -1, sqrt(-x), 3 * x * y)); }, at);
  compare("where(x > 0, where(y > 0, sqrt(x*y), x/y), y^2)",
          [](auto x, auto y) { return where(x > 0, where(y > 0, sqrt(x * y), x / y), pow(y, 2)); },
          {-2, 1, 2});
  compare("max(log(x), y)", [](auto x, auto y) { return max(log(x), y); }, {0, 1, 3});
  compare("min(1/x^2, y)", [](auto x, auto y) { return min(1 / pow(x, 2), y); }, {0, 1, 3});
}

TEST(TextFormula, ARootSharedByTwoBranchesDoesNotLeak) {
  const auto shared = [](auto x, auto y) {
    auto root = sqrt(x);
    return where(y > 1, root, where(y > 0, 2 * root, 5 * x)) + where(y > 3, root * root, 0);
  };
  const auto f = TextFormula::parse(
      "where(y > 1, sqrt(x), where(y > 0, 2*sqrt(x), 5*x)) + where(y > 3, sqrt(x)*sqrt(x), 0)",
      {"x", "y"}, 2);
  for (const double y : {-1.0, 0.5, 2.0, 4.0})
    for (const double x : {0.25, 4.0})
      expect_near(from_text<double>(*f, x, y), from_duals<double>(shared, x, y), 1e-12, "shared");
  EXPECT_EQ(from_text<double>(*f, 0, -1).all[1], 5);
  EXPECT_EQ(from_text<double>(*f, 0, -1).all[4], 0);
  EXPECT_EQ(from_text<double>(*f, 0, 2).all[1], kHuge);
}

// An infinite slope moves nothing where nothing moves, and hides no curvature elsewhere.
TEST(TextFormula, TheRootOfASquareIsFlatAtZero) {
  for (const char* text : {"sqrt((x-y)^2)", "((x-y)^2)^0.5", "2*sqrt((x-y)^2*exp(x))"}) {
    const auto f = TextFormula::parse(text, {"x", "y"}, 2);
    for (const double entry : from_text<double>(*f, 1, 1).all) EXPECT_EQ(entry, 0) << text;
  }
  const std::vector<double> at = {0, 1, 2};
  compare(
      "sqrt((x-y)^2)", [](auto x, auto y) { return sqrt((x - y) * (x - y)); }, at);
  compare(
      "sqrt(1+(x-y)^2)", [](auto x, auto y) { return sqrt(1.0 + (x - y) * (x - y)); }, at);
  compare("sqrt((x-y)^2+y)", [](auto x, auto y) { return sqrt((x - y) * (x - y) + y); }, {1, 2});
}

TEST(TextFormula, ZeroToThePowerOfAVariable) {
  const auto f = TextFormula::parse("x^y", {"x", "y"}, 2);
  const Answer got = from_text<double>(*f, 0, 2);
  EXPECT_EQ(got.all[0], 0);
  EXPECT_EQ(got.all[1], 0);
  EXPECT_EQ(got.all[2], 0);
}

TEST(TextFormula, InputsBeyondTheMovingOnesAreConstants) {
  const auto f = TextFormula::parse("(p - y)^2 * y", {"p", "y"}, 1);
  EXPECT_EQ(f->inputs(), 2);
  EXPECT_EQ(f->moving(), 1);
  EXPECT_EQ(f->name(), "(p - y)^2 * y");
  const double p = 3, y = 5, weight = 0.5, u = 2;
  const double* const in[] = {&p, &y};
  const double* const direction[] = {&u};
  double value = 0, slope = 0, product = 0, along = 0;
  double* const slopes[] = {&slope};
  double* const products[] = {&product};
  EXPECT_EQ(f->slopes(in, &weight, 10.0, &value, slopes, false, 1), 10);  // 0.5 * 20
  EXPECT_EQ(value, 20);
  EXPECT_EQ(slope, 10 * 0.5 * 2 * (3 - 5) * 5);
  f->curvature(in, &weight, 10.0, direction, products, &along, 1);
  EXPECT_EQ(along, -40);
  EXPECT_EQ(product, 10 * 0.5 * 2 * 5 * 2);
  const double* const none[] = {nullptr};
  f->curvature(in, nullptr, 1.0, none, products, nullptr, 1);
  EXPECT_EQ(product, 0);
  double* const unwanted[] = {nullptr};
  EXPECT_EQ(f->slopes(in, nullptr, 1.0, nullptr, unwanted, false, 1), 20);
}

}  // namespace
}  // namespace downhill
