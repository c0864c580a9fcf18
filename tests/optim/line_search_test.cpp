#include <gtest/gtest.h>

#include <cmath>

#include "downhill/optim/links/list.h"
#include "downhill/optim/list.h"
#include "downhill/optim/optimizer.h"
#include "downhill/train/minimize.h"
#include "tests/support/bits.h"
#include "tests/support/errors.h"

// The optimizers that search along a line: strong Wolfe conditions, L-BFGS, Newton-CG.

namespace downhill {
namespace {

std::shared_ptr<const TextFormula> formula(const char* text) { return TextFormula::parse(text); }

struct Point {
  Tensor x;
  std::shared_ptr<const TextFormula> f;
  Point(const char* text, const std::vector<double>& start)
      : x(Tensor::from(start)), f(formula(text)) {
    x.requires_grad(true);
  }
  Tensor loss() const { return evaluate_formula(f, x); }
  double value() const { return loss().item(); }
  std::vector<double> gradient() const {
    Tensor at = x.clone();
    at.requires_grad(true);
    evaluate_formula(f, at).backward();
    return at.grad().to_vector();
  }
};

double along(const std::vector<double>& g, const std::vector<double>& a,
             const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < g.size(); ++i) sum += g[i] * (b[i] - a[i]);
  return sum;
}

constexpr const char* kRosenbrock = "100*(y - x^2)^2 + (1 - x)^2";
constexpr const char* kHimmelblau = "(x^2 + y - 11)^2 + (x + y^2 - 7)^2";

TEST(StrongWolfe, ConditionsHoldAtEveryAcceptedStep) {
  struct Setting {
    const char* spec;
    double c1, c2;
  };
  for (const Setting s : {Setting{"lbfgs", 1e-4, 0.9},
                          {"lbfgs:c2=0.1", 1e-4, 0.1},
                          {"newton_cg", 1e-4, 0.9},
                          {"newton_cg:c1=0.01,c2=0.3", 0.01, 0.3},
                          {"lbfgs:lr=100", 1e-4, 0.9},
                          {"lbfgs:lr=0.0001", 1e-4, 0.9}})
    for (const char* text :
         {kRosenbrock, kHimmelblau, "exp(x + y) + exp(-x) + y^4", "log1p(x^2) + x*x/9 + y^2"}) {
      SCOPED_TRACE(std::string(s.spec) + " on " + text);
      Point p(text, {-1.2, 1});
      Optimizer optimizer(Method::parse(s.spec), {p.x});
      int steps = 0;
      for (; steps < 100; ++steps) {
        const auto before = p.x.to_vector(), g0 = p.gradient();
        const double f0 = p.value();
        if (std::hypot(g0[0], g0[1]) < 1e-6) break;
        EXPECT_EQ(optimizer.step([&] { return p.loss(); }), f0);
        const auto after = p.x.to_vector();
        const double slope0 = along(g0, before, after), slope1 = along(p.gradient(), before, after);
        ASSERT_LT(slope0, 0) << "step " << steps;
        EXPECT_LE(p.value(), f0 + s.c1 * slope0 + 1e-14 * std::abs(f0)) << "step " << steps;
        EXPECT_LE(std::abs(slope1), -s.c2 * slope0) << "step " << steps;
      }
      EXPECT_LT(steps, 100);
    }
}

TEST(StrongWolfe, HalvesTrialsThatAreNotFinite) {
  // Newton's step from 3 lands at -3, where log is NaN.
  const MinimizeResult result = minimize(formula("x - log(x)"), {3}, Method::parse("newton_cg"),
                                         {.steps = 50, .gradient_norm_below = 1e-9});
  EXPECT_EQ(result.reason, "gradient_norm reached");
  EXPECT_NEAR(result.path.back().x[0], 1, 1e-9);
  for (const MinimizeStep& step : result.path) EXPECT_TRUE(std::isfinite(step.value));
  // Overflow to infinity on the way.
  const MinimizeResult other =
      minimize(formula("exp(x^2) + x"), {3}, Method::parse("lbfgs:lr=1000"),
               {.steps = 100, .gradient_norm_below = 1e-8});
  EXPECT_EQ(other.reason, "gradient_norm reached");
  for (const MinimizeStep& step : other.path) EXPECT_TRUE(std::isfinite(step.value));
}

struct Negate {
  static constexpr const char* name = "negate";
  auto at(const Step&) const {
    return [](auto g, auto) { return -g; };
  }
};

TEST(StrongWolfe, StaysWhereTheDirectionDoesNotDescend) {
  Point p(kRosenbrock, {-1.2, 1});
  const Tensor before = p.x.clone();
  Optimizer optimizer(chain(Negate{}, StrongWolfe{}), {p.x});
  optimizer.step([&] { return p.loss(); });
  EXPECT_TRUE(same_bits(p.x, before));
}

TEST(StrongWolfe, StaysAtAMinimumAndNeverRises) {
  Point p("x^2 + y^2", {0, 0});
  Optimizer optimizer(Method::parse("lbfgs"), {p.x});
  optimizer.step([&] { return p.loss(); });
  EXPECT_EQ(p.x.to_vector(), (std::vector<double>{0, 0}));
  // With one trial only, what is kept is never higher than the start.
  for (const char* spec : {"lbfgs:max_trials=1", "newton_cg:max_trials=1", "lbfgs:max_trials=2"}) {
    Point q(kRosenbrock, {-1.2, 1});
    Optimizer few(Method::parse(spec), {q.x});
    double last = q.value();
    for (int i = 0; i < 30; ++i) {
      few.step([&] { return q.loss(); });
      EXPECT_LE(q.value(), last) << spec;
      last = q.value();
    }
  }
}

TEST(StrongWolfe, SpendsAtMostItsTrials) {
  for (const std::int64_t trials : {1, 3, 10}) {
    Point p("abs(x - 0.7) + abs(y + 0.3)", {-1.2, 1});
    Optimizer optimizer(Lbfgs{.max_trials = trials}, {p.x});
    for (int i = 0; i < 5; ++i) {
      std::int64_t calls = 0;
      optimizer.step([&] {
        ++calls;
        return p.loss();
      });
      EXPECT_LE(calls, trials + 1);
    }
  }
}

TEST(Lbfgs, SolvesAQuadraticInAboutAsManyIterationsAsVariables) {
  for (const int n : {2, 5, 20, 50}) {
    std::string text = "0";
    std::vector<double> start;
    for (int i = 1; i <= n; ++i) {
      text += " + " + std::to_string(i) + "*(x" + std::to_string(i) + " - 1)^2";
      start.push_back(i % 3 - 1.5);
    }
    const MinimizeResult result =
        minimize(formula(text.c_str()), start, Method::parse("lbfgs:history=60,c2=0.1"),
                 {.steps = 1000, .gradient_norm_below = 1e-6});
    EXPECT_EQ(result.reason, "gradient_norm reached");
    EXPECT_LE(result.path.back().step, n + 10) << n;
  }
}

TEST(NewtonCg, SolvesAQuadraticAtOnceWhereTheToleranceAllows) {
  const MinimizeResult result =
      minimize(formula("3*(x - 1)^2 + 2*(y + 2)^2 + x*y"), {5, 5}, Method::parse("newton_cg"),
               {.steps = 20, .gradient_norm_below = 1e-10});
  EXPECT_EQ(result.reason, "gradient_norm reached");
  EXPECT_LE(result.path.back().step, 6);
}

TEST(NewtonCg, DescendsFromNegativeCurvature) {
  // f'' in x is 3 x^2 - 1 < 0 at the start; minima at x = 1 and -1.
  for (const double x : {0.01, -0.2, 0.5}) {
    const MinimizeResult result =
        minimize(formula("x^4/4 - x^2/2 + y^2"), {x, 1}, Method::parse("newton_cg"),
                 {.steps = 50, .gradient_norm_below = 1e-9});
    EXPECT_EQ(result.reason, "gradient_norm reached");
    EXPECT_NEAR(result.path.back().x[0], x > 0 ? 1 : -1, 1e-8);
    for (std::size_t i = 1; i < result.path.size(); ++i)
      EXPECT_LT(result.path[i].value, result.path[i - 1].value);
  }
}

TEST(NewtonCg, ConvergesSuperlinearly) {
  const MinimizeResult result =
      minimize(formula(kRosenbrock), {-1.2, 1}, Method::parse("newton_cg"),
               {.steps = 100, .gradient_norm_below = 1e-10});
  EXPECT_EQ(result.reason, "gradient_norm reached");
  EXPECT_LE(result.path.back().step, 40);
}

TEST(SearchingOptimizers, RefuseGroups) {
  for (const char* spec : {"lbfgs", "newton_cg"}) {
    Tensor a({1.0}, Type::f64), b({1.0}, Type::f64);
    a.requires_grad(true), b.requires_grad(true);
    Optimizer optimizer(Method::parse(spec), std::vector<Parameter>{{"a", a}, {"b", b}});
    expect_usage([&] { optimizer.group("a", {{"lr", "0.5"}}); }, "groups");
    EXPECT_EQ(a.at(0), 1);
  }
}

}  // namespace
}  // namespace downhill
