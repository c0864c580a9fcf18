#include "downhill/optim/links/saddle_free.h"

#include <gtest/gtest.h>

#include <cmath>

#include "downhill/formula/text_formula.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/optim/chain.h"
#include "downhill/optim/links/learning_rate.h"
#include "downhill/optim/optimizer.h"
#include "downhill/optim/saddle_free_newton.h"
#include "downhill/train/minimize.h"

namespace downhill {
namespace {

constexpr const char* kTwoWells = "x^4/4 - x^2/2 + y^2";

MinimizeResult run(const char* formula, const std::vector<double>& start, const char* method,
                   std::int64_t steps = 200) {
  return minimize(TextFormula::parse(formula), start, Method::parse(method), {.steps = steps});
}

// sum_i h_i x_i^2 / 2: each coordinate moves by its own |1 / h_i|, whatever the sign of h_i.
TEST(SaddleFree, DirectionIsTheGradientOverTheMagnitudesOfTheCurvature) {
  const std::vector<double> h{3, -0.5, 7, -2, 1e-9}, start{1, 2, -1, 0.5, 3};
  const Tensor curvature = Tensor::from(h);
  Tensor x = Tensor::from(start);
  x.requires_grad(true);
  Optimizer optimizer(chain(ScaleBySaddleFree{.damping = 0.01}, ScaleByLearningRate{1.0}), {x});
  optimizer.step([&] { return sum(curvature * square(x)) * 0.5; });
  for (std::size_t i = 0; i < h.size(); ++i) {
    const double step = h[i] * start[i] / std::max(std::abs(h[i]), 0.01 * 7);
    EXPECT_NEAR(x.at(static_cast<std::int64_t>(i)), start[i] - step, 1e-9) << i;
  }
}

TEST(SaddleFree, IsRepelledByTheSaddleThatAttractsNewton) {
  for (const double x : {1e-6, -1e-6}) {
    const MinimizeResult found = run(kTwoWells, {x, 1}, "saddle_free_newton");
    EXPECT_EQ(found.state, State::minimum) << text_of(found.ended);
    EXPECT_NEAR(found.path.back().x[0], x > 0 ? 1 : -1, 1e-6);
    for (std::size_t i = 1; i < found.path.size(); ++i)
      EXPECT_LE(found.path[i].value, found.path[i - 1].value);
  }
}

TEST(SaddleFree, ConvergesSuperlinearlyOnRosenbrock) {
  const MinimizeResult found =
      minimize(TextFormula::parse("(1-x)^2 + 100*(y-x^2)^2"), {-1.2, 1},
               Method::parse("saddle_free_newton"), {.steps = 60, .gradient_norm_below = 1e-9});
  EXPECT_EQ(found.ended, Ended::target_reached);
}

TEST(EscapeSaddle, LeavesWhereGradientDescentStays) {
  const MinimizeResult stays = run(kTwoWells, {0, 0.5}, "scale_by_learning_rate:lr=0.1");
  EXPECT_EQ(stays.state, State::saddle);
  EXPECT_EQ(stays.path.back().x[0], 0);
  const MinimizeResult leaves =
      run(kTwoWells, {0, 0.5}, "scale_by_learning_rate:lr=0.1 | escape_saddle", 400);
  EXPECT_EQ(leaves.state, State::minimum);
  EXPECT_NEAR(std::abs(leaves.path.back().x[0]), 1, 1e-4);
}

TEST(EscapeSaddle, ChangesNoStepWhereTheGradientIsLargeOrTheCurvaturePositive) {
  const char* bowl = "3*x^2 + y^2 + 0.5*x*y";
  const MinimizeResult plain = run(bowl, {2, -1}, "scale_by_learning_rate:lr=0.1", 60);
  const MinimizeResult guarded =
      run(bowl, {2, -1}, "scale_by_learning_rate:lr=0.1 | escape_saddle", 60);
  EXPECT_EQ(plain.path.back().x, guarded.path.back().x);
}

}  // namespace
}  // namespace downhill
