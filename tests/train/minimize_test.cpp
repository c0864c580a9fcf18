#include "downhill/train/minimize.h"

#include <gtest/gtest.h>

#include <cmath>

#include "downhill/autodiff/functional.h"
#include "downhill/optim/list.h"
#include "downhill/schedules/cosine.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

constexpr const char* kBowl = "(x - 1)^2 + 3*(y + 2)^2 + x*y/2";

double bowl(double x, double y) { return std::pow(x - 1, 2) + 3 * std::pow(y + 2, 2) + x * y / 2; }

TEST(Minimize, RecordsThePathOfEveryOptimizer) {
  for (const std::string& name : Optimizers::names()) {
    SCOPED_TRACE(name);
    const MinimizeResult result =
        minimize(TextFormula::parse(kBowl), {4, 4}, Method::parse(name), {.steps = 5});
    EXPECT_EQ(result.variables, (std::vector<std::string>{"x", "y"}));
    EXPECT_TRUE(result.reason == "steps done" || result.reason == "no progress") << result.reason;
    EXPECT_EQ(result.path.front().x, (std::vector<double>{4, 4}));
    EXPECT_TRUE(result.path.size() == 6 || result.reason == "no progress");
    for (std::size_t i = 0; i < result.path.size(); ++i) {
      const MinimizeStep& step = result.path[i];
      EXPECT_EQ(step.step, static_cast<std::int64_t>(i));
      EXPECT_NEAR(step.value, bowl(step.x[0], step.x[1]), 1e-12);
      const double gx = 2 * (step.x[0] - 1) + step.x[1] / 2,
                   gy = 6 * (step.x[1] + 2) + step.x[0] / 2;
      EXPECT_NEAR(step.gradient_norm, std::hypot(gx, gy), 1e-12);
      EXPECT_TRUE(i == 0 || step.value < result.path[i - 1].value);
    }
  }
}

TEST(Minimize, IsGradientDescentByHand) {
  const MinimizeResult result =
      minimize(TextFormula::parse("x^2"), {8}, Method::parse("sgd:lr=0.25"), {.steps = 3});
  ASSERT_EQ(result.path.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_DOUBLE_EQ(result.path[i].x[0], 8 / std::pow(2, i));
}

TEST(Minimize, EndsForEachReason) {
  const auto f = TextFormula::parse("x^2 + y^2");
  const Method sgd = Method::parse("sgd:lr=0.1");
  const MinimizeResult norm =
      minimize(f, {1, 1}, sgd, {.steps = 1000, .gradient_norm_below = 1e-3});
  EXPECT_EQ(norm.reason, "gradient_norm reached");
  EXPECT_LT(norm.path.back().gradient_norm, 1e-3);
  EXPECT_GE(norm.path[norm.path.size() - 2].gradient_norm, 1e-3);
  EXPECT_EQ(minimize(f, {1, 1}, sgd, {.steps = 1000, .value_below = 0.5}).reason, "value reached");
  EXPECT_EQ(minimize(f, {1, 1}, sgd, {.steps = 0}).path.size(), 1U);
  EXPECT_EQ(minimize(f, {0, 0}, Method::parse("lbfgs"), {.steps = 10}).reason, "gradient is zero");
  EXPECT_EQ(minimize(f, {1, 1}, Method::parse("sgd:lr=1e200"), {.steps = 10}).reason, "non-finite");
  EXPECT_EQ(minimize(TextFormula::parse("log(x)"), {-1}, sgd, {.steps = 10}).reason, "non-finite");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(minimize(f, {1, 1}, sgd, {.steps = 10, .stop = stop.get_token()}).reason, "stopped");
}

TEST(Minimize, FollowsASchedule) {
  const MinimizeResult result = minimize(TextFormula::parse("3*x"), {0}, Method::parse("sgd:lr=1"),
                                         {.steps = 2, .schedule = Schedule(Cosine{})});
  EXPECT_DOUBLE_EQ(result.path[1].x[0], -3);
  EXPECT_DOUBLE_EQ(result.path[2].x[0], -4.5);
}

TEST(Minimize, RefusesWhatDoesNotFit) {
  const auto f = TextFormula::parse("x^2 + y^2");
  expect_usage([&] { minimize(f, {1}, Method::parse("sgd")); }, "1 start values for 2 variables");
  expect_usage([&] { minimize(f, {1, 1}, Method::parse("sgd"), {.steps = -1}); }, "steps");
  expect_usage(
      [&] {
        minimize(f, {1, 1}, Method::parse("lbfgs"), {.schedule = Schedule(Cosine{})});
      },
      "lbfgs");
}

TEST(EvaluateFormula, IsDifferentiableToSecondOrder) {
  const auto f = TextFormula::parse("exp(x*y) + x^3*z + sin(z)");
  const ScalarFunction value = [&](const Tensors& t) { return evaluate_formula(f, t[0]); };
  const Tensor at({0.3, -0.7, 1.1}, Type::f64);
  EXPECT_LT(gradcheck(value, {at}).worst, 1e-8);
  EXPECT_LT(gradcheck_second(value, {at}).worst, 1e-6);
  expect_usage([&] { evaluate_formula(f, Tensor({1.0, 2.0}, Type::f64)); }, "(2)");
  expect_usage([&] { evaluate_formula(f, Tensor({1.0, 2.0, 3.0})); }, "float32");
}

}  // namespace
}  // namespace downhill
