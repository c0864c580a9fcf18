#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "downhill/formula/text/parser.h"
#include "downhill/formula/text/runner.h"

namespace downhill::text {
namespace {

const std::vector<std::string> kNames = {"x", "y"};

// The value of a formula at 37 points, by the code of one processor level.
template <class T>
std::vector<T> values(const char* formula, double (*run)(const Code&, const Call<T>&)) {
  constexpr std::size_t kPoints = 37;
  Graph graph;
  const std::vector<Id> results = {parse(formula, kNames, graph)};
  const Program program(graph, results, 2);
  std::vector<T> x(kPoints), y(kPoints), out(kPoints);
  for (std::size_t i = 0; i < kPoints; ++i) {
    x[i] = static_cast<T>(std::sin(static_cast<double>(i)));
    y[i] = static_cast<T>(std::cos(static_cast<double>(2 * i)));
  }
  const T* const in[] = {x.data(), y.data()};
  Call<T> call;
  call.in = in;
  call.variables = 2;
  call.plain = out.data();
  call.n = kPoints;
  run(program.code(), call);
  return out;
}

TEST(TextRunner, LevelsAgree) {
  if (!use_v3()) GTEST_SKIP() << "this processor has one level only";
  const TextRunner& low = level_text_runner<Level::base>();
  const TextRunner& high = level_text_runner<Level::v3>();
  EXPECT_EQ(&best_text_runner(), &high);
  for (const char* formula :
       {"x*y - x/(y+3) + min(x, y)*max(x, 0.5)", "exp(x) + log(y+2) + log1p(abs(x)) + expm1(y)",
        "sqrt(x+1) + tanh(y) + sigmoid(x) + softplus(y) + erf(x) + sin(x) + cos(y) + sign(y) + "
        "atan(x)",
        "where(x < y and y > 0 or not x == y, abs(x)^y, x^3)", "x^0.5 + y^4 - x", "3"}) {
    const auto a = values(formula, low.run_double), b = values(formula, high.run_double);
    const auto c = values(formula, low.run_float), d = values(formula, high.run_float);
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (std::isnan(a[i])) EXPECT_TRUE(std::isnan(b[i])) << formula;
      else EXPECT_NEAR(a[i], b[i], 1e-14) << formula;
      if (std::isnan(c[i])) EXPECT_TRUE(std::isnan(d[i])) << formula;
      else EXPECT_NEAR(c[i], d[i], 5e-6) << formula;
    }
  }
}

std::size_t length(const char* formula) {
  Graph graph;
  const std::vector<Id> results = {parse(formula, kNames, graph)};
  return static_cast<std::size_t>(Program(graph, results, 2).code().count);
}

TEST(TextRunner, ProgramsAreShort) {  // each with one instruction that stores the result
  EXPECT_EQ(length("x + 1"), 2U);
  EXPECT_EQ(length("(x - y)^2 + (x - y)^2"), 4U);
  EXPECT_EQ(length("x + y - (y + x)"), 3U);
  EXPECT_EQ(length("where(x > y, 2*x, x)"), 3U);
  EXPECT_EQ(length("x*1 + 0 + 2*3/6"), 2U);
  EXPECT_EQ(length("where(1 < 2, x, exp(y))"), 1U);
}

TEST(TextRunner, RegistersAreUsedAgain) {
  std::string sum = "x";
  for (int i = 0; i < 1000; ++i) sum += " + exp(x*" + std::to_string(i) + ")";
  Graph graph;
  const std::vector<Id> results = {parse(sum, kNames, graph)};
  EXPECT_LE(Program(graph, results, 2).code().registers, 3);
}

}  // namespace
}  // namespace downhill::text
