// Settings that change during a run: schedules, and what set() does.
#include <gtest/gtest.h>

#include "downhill/downhill.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

Tensor leaf(Tensor t) { return t.requires_grad(true); }

// One step with gradient 1, so that x moves by -lr.
void step(Optimizer& optimizer, Tensor& x) {
  x.set_grad(Tensor({1.0}, Type::f64));
  optimizer.step();
}

TEST(Settings, ASchedulePrescribesTheRateOfEveryStep) {
  Tensor x = leaf(Tensor({0.0}, Type::f64));
  Optimizer optimizer(SGD{.lr = Linear{.start = 1, .end = 0, .steps = 4}}, {x});
  double expected = 0;
  for (const double rate : {1.0, 0.75, 0.5, 0.25, 0.0, 0.0}) {
    EXPECT_DOUBLE_EQ(optimizer.get("lr"), rate);
    x.set_grad(Tensor({1.0}, Type::f64));
    optimizer.step();
    expected -= rate;
    EXPECT_DOUBLE_EQ(x.at(0), expected);
  }
}

TEST(Settings, AddingMomentumInMidRunStartsItsBufferAndKeepsTheRest) {
  Tensor x = leaf(Tensor({1.0}, Type::f64));
  Optimizer optimizer(SGD{.lr = 1.0}, {x});
  const auto step = [&] {
    x.set_grad(Tensor({1.0}, Type::f64));
    optimizer.step();
  };
  step();
  EXPECT_DOUBLE_EQ(x.at(0), 0);
  optimizer.set("momentum", 0.5);
  step();
  step();
  EXPECT_DOUBLE_EQ(x.at(0), -2.5);  // buffers 1 and 1.5
  EXPECT_EQ(optimizer.steps(), 3);
  expect_usage([&] { optimizer.set("momentum", 2); }, "momentum");
  EXPECT_DOUBLE_EQ(optimizer.get("momentum"), 0.5);
}

TEST(Settings, AScheduleCountsTheOptimizersSteps) {
  Tensor always = leaf(Tensor({0.0}, Type::f64)), late = leaf(Tensor({0.0}, Type::f64));
  Optimizer optimizer(SGD{.lr = Linear{.start = 1, .end = 0, .steps = 4}}, {always, late});
  step(optimizer, always);
  step(optimizer, always);
  late.set_grad(Tensor({1.0}, Type::f64));
  step(optimizer, always);
  EXPECT_DOUBLE_EQ(late.at(0), -0.5) << "its first update, but the third step: lr 0.5";
}

TEST(Settings, ALaterScheduleReplacesTheFormerAndBeginsNow) {
  Tensor x = leaf(Tensor({0.0}, Type::f64));
  Optimizer optimizer(SGD{.lr = 2}, {x});
  optimizer.schedule_lr(Linear{.start = 1, .end = 0, .steps = 2});
  for (int i = 0; i < 3; ++i) step(optimizer, x);  // lr 2, 1, 0
  EXPECT_DOUBLE_EQ(x.at(0), -3);
  optimizer.schedule_lr(Linear{.start = 0.5, .end = 0, .steps = 2});
  for (int i = 0; i < 2; ++i) step(optimizer, x);  // lr 1, 0.5
  EXPECT_DOUBLE_EQ(x.at(0), -4.5);
  optimizer.set("weight_decay", 0.0);
  EXPECT_DOUBLE_EQ(optimizer.get("lr"), 0) << "another setting leaves the schedule";
  optimizer.set("lr", 3);
  EXPECT_DOUBLE_EQ(optimizer.get("lr"), 3);
}

TEST(Settings, AScheduleScalesTheRateOfEveryGroup) {
  Tensor a = leaf(Tensor({0.0}, Type::f64)), b = leaf(Tensor({0.0}, Type::f64));
  Optimizer optimizer(SGD{.lr = 1}, std::vector<Parameter>{{"a", a}, {"b", b}});
  optimizer.schedule_lr(Linear{.start = 1, .end = 0, .steps = 2});
  optimizer.group("b", {{"lr", "10"}});
  for (int i = 0; i < 2; ++i) {
    b.set_grad(Tensor({1.0}, Type::f64));
    step(optimizer, a);
  }
  EXPECT_DOUBLE_EQ(a.at(0), -1.5);
  EXPECT_DOUBLE_EQ(b.at(0), -15);
}

}  // namespace
}  // namespace downhill
