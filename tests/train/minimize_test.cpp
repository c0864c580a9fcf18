#include "downhill/train/minimize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "downhill/autodiff/functional.h"
#include "downhill/optim/links/list.h"
#include "downhill/optim/list.h"
#include "downhill/schedules/cosine.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

constexpr const char* kBowl = "(x - 1)^2 + 3*(y + 2)^2 + x*y/2";

double bowl(double x, double y) { return std::pow(x - 1, 2) + 3 * std::pow(y + 2, 2) + x * y / 2; }

TEST(Minimize, AConstantDoesNotMakeAMinimum) {
  const auto state = [](const char* text, std::int64_t steps) {
    return minimize(TextFormula::parse(text), {3}, Method::parse("lbfgs"), {.steps = steps}).state;
  };
  EXPECT_EQ(state("x^2", 0), State::descending);
  EXPECT_EQ(state("1000+x^2", 0), State::descending);
  EXPECT_EQ(state("1000+x^2", 100), State::minimum);
}

// The gradient at the lowest point of the larger of two bowls is as long as on the way there.
TEST(Minimize, ALowestPointAtAKinkIsNotConverged) {
  for (const char* text : {"max(x^2+y^2, (2-x)^2+(2-y)^2)", "1e6*max(x^2+y^2, (2-x)^2+(2-y)^2)",
                           "max(x^2+y^2, (2-x)^2+(2-y)^2) - 1.9999"})
    for (const std::vector<double>& start : {std::vector<double>{0, 1}, {0.3, 0.1}, {5, -3}}) {
      const MinimizeResult kink =
          minimize(TextFormula::parse(text), start, Method::parse("lbfgs"), {.steps = 200});
      EXPECT_EQ(kink.ended, Ended::search_failed) << text << " " << start[0];
      // Along the kink a search may end above the lowest point.
      const double left =
          kink.path.back().value -
          evaluate_formula(TextFormula::parse(text), Tensor::from(std::vector<double>{1, 1}))
              .item();
      const bool lowest = left < 0.01 * std::abs(kink.path.back().value);
      EXPECT_EQ(kink.state, lowest ? State::minimum : State::descending)
          << text << " " << kink.stands.reason;
      EXPECT_NE(kink.stands.reason.find("kink"), std::string::npos) << text;
    }
  // Smooth ones converge as before, also from their lowest point.
  for (const std::vector<double>& start : {std::vector<double>{-1.2, 1}, {1, 1}, {1 + 1e-15, 1}}) {
    const MinimizeResult smooth = minimize(TextFormula::parse("100*(y - x^2)^2 + (1 - x)^2"), start,
                                           Method::parse("lbfgs"), {});
    EXPECT_EQ(smooth.ended, Ended::converged) << start[0];
    EXPECT_EQ(smooth.state, State::minimum);
  }
}

TEST(Minimize, RecordsThePathOfEveryOptimizer) {
  for (const std::string& name : Optimizers::names()) {
    SCOPED_TRACE(name);
    const MinimizeResult result =
        minimize(TextFormula::parse(kBowl), {4, 4}, Method::parse(name), {.steps = 5});
    EXPECT_EQ(result.variables, (std::vector<std::string>{"x", "y"}));
    const bool converged = result.ended == Ended::converged;
    const Chain chain = Method::parse(name).chain();
    const bool goes_back = std::any_of(chain.begin(), chain.end(), [](const LinkPtr& link) {
      return link->name() == SlowWeights::name;  // half of the way, every few steps
    });
    EXPECT_TRUE(converged || result.ended == Ended::steps_done) << text_of(result.ended);
    EXPECT_EQ(result.path.front().x, (std::vector<double>{4, 4}));
    EXPECT_TRUE(converged || result.path.size() == 6);
    for (std::size_t i = 0; i < result.path.size(); ++i) {
      const MinimizeStep& step = result.path[i];
      EXPECT_EQ(step.step, static_cast<std::int64_t>(i));
      EXPECT_NEAR(step.value, bowl(step.x[0], step.x[1]), 1e-12);
      const double gx = 2 * (step.x[0] - 1) + step.x[1] / 2,
                   gy = 6 * (step.x[1] + 2) + step.x[0] / 2;
      EXPECT_NEAR(step.gradient_norm, std::hypot(gx, gy), 1e-12);
      const double before = i == 0 ? kInfinity : result.path[goes_back ? 0 : i - 1].value;
      EXPECT_TRUE(step.value < before || step.gradient_norm < 1e-6) << i;
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
  EXPECT_EQ(norm.ended, Ended::target_reached);
  EXPECT_LT(norm.path.back().gradient_norm, 1e-3);
  EXPECT_GE(norm.path[norm.path.size() - 2].gradient_norm, 1e-3);
  EXPECT_EQ(minimize(f, {1, 1}, sgd, {.steps = 1000, .value_below = 0.5}).ended,
            Ended::target_reached);
  EXPECT_EQ(minimize(f, {1, 1}, sgd, {.steps = 0}).path.size(), 1U);
  EXPECT_EQ(minimize(f, {0, 0}, Method::parse("lbfgs"), {.steps = 10}).ended, Ended::converged);
  EXPECT_EQ(minimize(f, {1, 1}, Method::parse("sgd:lr=1e200"), {.steps = 10}).ended,
            Ended::non_finite);
  EXPECT_EQ(minimize(TextFormula::parse("log(x)"), {-1}, sgd, {.steps = 10}).ended,
            Ended::non_finite);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(minimize(f, {1, 1}, sgd, {.steps = 10, .stop = stop.get_token()}).ended,
            Ended::interrupted);
}

MinimizeResult end_of(const char* text, const std::vector<double>& start,
                      const char* optimizer = "lbfgs", std::int64_t steps = 1000) {
  return minimize(TextFormula::parse(text), start, Method::parse(optimizer), {.steps = steps});
}

TEST(Minimize, TellsConvergenceFromASearchThatFails) {
  for (const char* optimizer : {"lbfgs", "newton_cg"}) {
    SCOPED_TRACE(optimizer);
    for (const char* text : {"(x-3)^2 + 1e-3*sin(x)", "x^2 - 2*x + 1", "1e6*(x-3)^2 + 1e-3*sin(x)",
                             "1 - cos(x - 1)", "exp(x) - x", "1e-20*(x - 0.3)^2 + 1e-20"}) {
      SCOPED_TRACE(text);
      const MinimizeResult result = end_of(text, {0.1}, optimizer);
      EXPECT_EQ(result.ended, Ended::converged) << text_of(result.ended);
      EXPECT_EQ(result.state, State::minimum) << result.stands.reason;
    }
    // A kink at (0, 2): the lowest point, or an honest word.
    const MinimizeResult kink = end_of("abs(x) + abs(y - 2)", {1.37, -3}, optimizer);
    EXPECT_TRUE(kink.ended == Ended::search_failed || kink.path.back().value < 1e-12)
        << text_of(kink.ended) << " " << kink.path.back().value;
  }
}

// Where slopes are so small that their squares are none, a search finds no step; but what is left is a
// rounding of the fall that was made.
TEST(Minimize, AFlatFloorIsConverged) {
  for (const char* optimizer : {"lbfgs", "newton_cg"})
    for (const char* text : {"x^4", "(x-2)^20", "x^4+1e-3*x^6"}) {
      const MinimizeResult result = end_of(text, {1}, optimizer);
      EXPECT_EQ(result.ended, Ended::converged) << optimizer << " " << text;
      EXPECT_EQ(result.state, State::minimum) << text << ": " << result.stands.reason;
    }
}

TEST(Minimize, AMinimumThatIsNoneOfAKinkIsLeftAlong) {
  const MinimizeResult r = end_of("x+y+10*abs(x^2+y^2-2)", {1, 0.5});
  EXPECT_NE(r.state, State::minimum) << r.stands.reason;
}

// ema and schedule_free_adamw evaluate with other weights than they step with: the end is at those.
TEST(Minimize, EndsAtTheWeightsToEvaluateWith) {
  const MinimizeResult plain = end_of("x^2", {1}, "sgd:lr=0.1", 20);
  const MinimizeResult mean = end_of("x^2", {1}, "sgd:lr=0.1 | ema:decay=0.9", 20);
  double x = 1, average = 0;  // by hand
  for (int k = 1; k <= 20; ++k) {
    x *= 0.8;
    average = k == 1 ? x : 0.9 * average + 0.1 * x;
  }
  EXPECT_NEAR(plain.path.back().x[0], x, 1e-15);
  EXPECT_NEAR(mean.path.back().x[0], average, 1e-14);
  EXPECT_NEAR(mean.path.back().value, average * average, 1e-14);
  EXPECT_EQ(mean.path[19].x, plain.path[19].x) << "the path is that of the steps";
  EXPECT_EQ(mean.path.size(), plain.path.size());
}

TEST(Minimize, CurvatureThatIsNotFiniteEndsTheSearchAndKeepsThePath) {
  const MinimizeResult result = end_of("sqrt(x)", {1}, "saddle_free_newton");
  EXPECT_NE(result.ended, Ended::converged);
  EXPECT_FALSE(result.path.empty());
  EXPECT_LT(result.path.back().value, 1);
}

TEST(Minimize, NormsBeyondTheRangeOfSquares) {
  const MinimizeResult tiny = end_of("1e-200*(x-1)^2", {-1.2}, "sgd:lr=1e199", 3);
  EXPECT_NEAR(tiny.path[0].gradient_norm, 4.4e-200, 1e-214);
  EXPECT_NE(tiny.ended, Ended::converged);
  const MinimizeResult steep = end_of("-exp(x)", {356}, "sgd:lr=1e-160", 3);
  EXPECT_TRUE(std::isfinite(steep.path.back().gradient_norm));
  EXPECT_EQ(steep.ended, Ended::steps_done);
}

// Curvature along a plain slope is no saddle; at the foot of one the slope is too little for the fall.
TEST(Minimize, ASlopeThatBendsDownIsDescending) {
  const auto state = [](const char* text, double x) {
    return end_of(text, {x}, "sgd:lr=1e-9", 1).state;
  };
  EXPECT_EQ(state("2+sin(x)", 1), State::descending);
  EXPECT_EQ(state("-x^2", 54), State::descending);
  EXPECT_EQ(state("log(x)+1/x", 4.67), State::descending);
  EXPECT_EQ(state("x^4-x^2+1", 0.01), State::saddle);
  EXPECT_EQ(state("-x^2", 1e-4), State::saddle);
}

TEST(Minimize, SaysWhatHasNoMinimum) {
  for (const char* optimizer : {"lbfgs", "newton_cg"})
    for (const char* text : {"x", "1e-9*x", "1e12*x + 5", "-x^2", "-exp(x)"}) {
      const MinimizeResult result = end_of(text, {1}, optimizer);
      EXPECT_EQ(result.ended, Ended::unbounded)
          << optimizer << " on " << text << ": " << text_of(result.ended) << " "
          << result.path.back().value;
    }
  // Bounded below, and nowhere as low as farther on.
  for (const char* text :
       {"1/x", "exp(-x)", "1/(1+x^2)", "log(1+exp(-x)) + 3", "1e-9/x", "atan(x)"}) {
    const MinimizeResult result = end_of(text, {1});
    EXPECT_EQ(result.ended, Ended::unbounded)
        << text << ": " << text_of(result.ended) << " " << result.path.back().value;
    EXPECT_NE(result.state, State::minimum) << text;
  }
  // A flat floor is reached.
  EXPECT_EQ(end_of("max(0, 1 - x)^2", {-4}).ended, Ended::converged);
  EXPECT_EQ(end_of("-x^2", {1}, "sgd:lr=1").ended, Ended::unbounded);
  EXPECT_EQ(end_of("x", {1}, "sgd:lr=1").ended, Ended::steps_done);
}

TEST(Minimize, AnExponentialHasNoMinimumEither) {
  for (const char* method : {"lbfgs", "newton_cg"}) {
    const MinimizeResult result = minimize(TextFormula::parse("sin(x)*exp(y)"), {1, 1},
                                           Method::parse(method), {.steps = 200});
    EXPECT_EQ(result.ended, Ended::unbounded) << method << " " << result.path.back().value;
  }
}

TEST(Minimize, SaysWhereItStands) {
  // On the axis every step leads to the saddle at the origin.
  const MinimizeResult saddle = end_of("x^2 - y^2", {1, 0});
  EXPECT_EQ(saddle.ended, Ended::converged);
  EXPECT_EQ(saddle.state, State::saddle) << saddle.stands.reason;
  ASSERT_EQ(saddle.stands.eigenvalues.size(), 2U);
  EXPECT_NEAR(saddle.stands.eigenvalues[0], -2, 1e-12);
  EXPECT_NEAR(saddle.stands.eigenvalues[1], 2, 1e-12);
  EXPECT_NEAR(std::abs(saddle.stands.downhill_direction.at(1)), 1, 1e-9);
  const MinimizeResult monkey = end_of("x^3 - 3*x*y^2", {0, 0});
  EXPECT_EQ(monkey.state, State::saddle) << monkey.stands.reason;
  const auto& down = monkey.stands.downhill_direction;
  ASSERT_EQ(down.size(), 2U);
  EXPECT_LT(std::pow(down[0], 3) - 3 * down[0] * down[1] * down[1], 0);
  EXPECT_EQ(end_of("x^4 + y^2", {0, 0}).state, State::minimum);
  EXPECT_EQ(end_of("x^3 + y^2", {0, 0}).state, State::saddle);
  const MinimizeResult bowl = end_of("x^2 + 2*y^2", {3, 1});
  EXPECT_EQ(bowl.state, State::minimum);
  EXPECT_TRUE(bowl.stands.downhill_direction.empty());
  EXPECT_EQ(
      minimize(TextFormula::parse("x^2"), {5}, Method::parse("sgd:lr=0.01"), {.steps = 3}).state,
      State::descending);
}

TEST(Minimize, FollowsASchedule) {
  const MinimizeResult result = minimize(TextFormula::parse("3*x"), {0}, Method::parse("sgd:lr=1"),
                                         {.steps = 2, .schedule = Schedule(Cosine{})});
  EXPECT_DOUBLE_EQ(result.path[1].x[0], -3);
  EXPECT_DOUBLE_EQ(result.path[2].x[0], -4.5);
}

TEST(Minimize, AScheduleInTheOptimizerLastsTheRun) {
  // From 1 to 0 over 4 steps: 1, 0.75, 0.5, 0.25.
  const MinimizeResult result = minimize(
      TextFormula::parse("3*x"), {0}, Method::parse("sgd:lr=(linear:start=1,end=0)"), {.steps = 4});
  EXPECT_DOUBLE_EQ(result.path.back().x[0], -7.5);
  const MinimizeResult chain =
      minimize(TextFormula::parse("3*x"), {0},
               Method::parse("clip_by_global_norm:max_norm=1 | sgd:lr=0.5"), {.steps = 2});
  EXPECT_NEAR(chain.path.back().x[0], -1, 1e-6);
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
