#include "downhill/train/detail/gauges.h"

#include <gtest/gtest.h>

#include <cmath>

#include "downhill/losses/list.h"
#include "downhill/nn/sequential.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/optim/list.h"
#include "downhill/train/fit.h"
#include "tests/support/bits.h"
#include "tests/support/points.h"
#include "tests/train/line_model.h"

namespace downhill {
namespace {

TEST(Gauges, AreDueAtStepsThatGetRarer) {
  std::vector<std::int64_t> due;
  for (std::int64_t step = 1; step <= 2000; ++step)
    if (detail::gauges_are_due(step)) due.push_back(step);
  EXPECT_EQ(due, (std::vector<std::int64_t>{1, 3, 10, 30, 100, 300, 1000}));
}

/// One weight, (w - y)^2 at x = 1: curvature 2.
FitResult run_at(double lr) {
  nn::Sequential model(nn::Linear(1, 1, false));
  model.to(Type::f64);
  model.parameters()[0].tensor.set(0, 3);
  Optimizer optimizer(SGD{.lr = lr}, model.parameters());
  const Tensor x = Tensor::ones({4, 1}, Type::f64);
  return fit(model, optimizer, MSE{}, Dataset(x, x), nullptr,
             {.epochs = 1, .batch = 0, .explain = false});
}

double figure(const FitResult& result, const std::string& name) {
  for (const auto& [known, value] : result.log.steps.at(0).metrics)
    if (known == name) return value;
  ADD_FAILURE() << "no " << name;
  return NAN;
}

TEST(Gauges, AStepOfOneOverTheCurvatureLandsLowestOneOfTwoOverItMirrors) {
  EXPECT_NEAR(figure(run_at(0.5), "alpha"), 0, 1e-12);
  EXPECT_NEAR(figure(run_at(1.0), "alpha"), 1, 1e-12);
  EXPECT_NEAR(figure(run_at(1e-6), "alpha"), -1, 1e-5);
  for (const double lr : {0.02, 0.5, 0.9})
    EXPECT_NEAR(figure(run_at(lr), "critical_lr"), 1, 0.07) << lr;
}

TEST(Gauges, ChangeNoBitOfTheRun) {
  const Tensor x = points({60, 2}, 1, -1, 1, Type::f32);
  const Dataset train(x, line_of(x));
  const auto run = [&](bool gauges) {
    Random random(3);
    nn::Sequential model(nn::Linear(2, 8, random), nn::tanh, nn::Dropout(0.3, 1),
                         nn::Linear(8, 1, random));
    Optimizer optimizer(Adam{.lr = 0.01}, model.parameters());
    FitOptions options = quick(5);
    options.gauges = gauges;
    fit(model, optimizer, MSE{}, train, nullptr, options);
    std::vector<Tensor> state;
    for (const Parameter& p : model.state()) state.push_back(p.tensor);
    return state;
  };
  const auto with = run(true), without = run(false);
  for (std::size_t i = 0; i < with.size(); ++i) EXPECT_TRUE(same_bits(with[i], without[i])) << i;
}

}  // namespace
}  // namespace downhill
