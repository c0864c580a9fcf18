// Settings that change during a run, and steps that must be refused whole.
#include <gtest/gtest.h>

#include <cmath>

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
  optimizer.unschedule_lr();
  EXPECT_DOUBLE_EQ(optimizer.get("lr"), 2);
}

TEST(Settings, ASchedulePrintsWithTheOptimizerAndItsOriginIsSaved) {
  Tensor x = leaf(Tensor({0.0}, Type::f64)), y = leaf(Tensor({0.0}, Type::f64));
  Optimizer a(SGD{.lr = 1}, {x}), b(SGD{.lr = 1}, {y});
  step(a, x);
  a.schedule_lr(Linear{.start = 1, .end = 0, .steps = 4});
  step(a, x);
  EXPECT_NE(a.text().find(", lr times linear:start=1,end=0,steps=4"), std::string::npos);
  b.schedule_lr(Linear{.start = 1, .end = 0, .steps = 4});
  b.load_state(a.state());
  EXPECT_DOUBLE_EQ(b.get("lr"), 0.75) << "one step after the origin";
  EXPECT_EQ(b.text(), a.text());
}

struct Halving {  // a schedule of the user's own
  static constexpr const char* name = "halving";
  static constexpr auto options() { return no_options(); }
  double at(std::int64_t step) const { return std::ldexp(1.0, -static_cast<int>(step)); }
};

TEST(Settings, AScheduleMayBeTheUsersOwn) {
  Tensor x = leaf(Tensor({0.0}, Type::f64));
  Optimizer optimizer(SGD{.lr = 1}, {x});
  optimizer.schedule_lr(Halving{});
  for (int i = 0; i < 3; ++i) step(optimizer, x);
  EXPECT_DOUBLE_EQ(x.at(0), -1.75);
}

TEST(Settings, ASchedulePresupposesAPlainRate) {
  Tensor x = leaf(Tensor({0.0}, Type::f64));
  expect_usage([&] { Optimizer(SGD{.lr = Linear{}}, {x}).schedule_lr(Cosine{}); }, "[sgd]",
               "already a schedule");
  expect_usage([&] { Optimizer(Method::parse("lbfgs"), {x}).schedule_lr(Cosine{}); }, "[lbfgs]",
               "search");
}

TEST(Settings, AScheduleScalesTheRateOfEveryGroup) {
  Tensor a = leaf(Tensor({0.0}, Type::f64)), b = leaf(Tensor({0.0}, Type::f64));
  Optimizer optimizer(SGD{.lr = 1}, std::vector<Parameter>{{"a", a}, {"b", b}});
  optimizer.group("b", {{"lr", "10"}});
  optimizer.schedule_lr(Linear{.start = 1, .end = 0, .steps = 2});
  for (int i = 0; i < 2; ++i) {
    b.set_grad(Tensor({1.0}, Type::f64));
    step(optimizer, a);
  }
  EXPECT_DOUBLE_EQ(a.at(0), -1.5);
  EXPECT_DOUBLE_EQ(b.at(0), -15);
}

TEST(Steps, RefuseAModelThatChangedItsTypeAndChangeNothing) {
  Tensor x = leaf(Tensor::zeros({200000}));
  Optimizer optimizer(Adam{}, {x});
  x.set_grad(Tensor::ones({200000}));
  optimizer.step();
  x.zero_grad();
  x.convert(Type::f64);
  x.set_grad(Tensor::ones({200000}, Type::f64));
  expect_usage([&] { optimizer.step(); }, "float64", "float32", "state");
  EXPECT_EQ(optimizer.steps(), 1);
  EXPECT_EQ(optimizer.state()[2].second.item(), 1) << "the parameter's own count";
}

TEST(Steps, ALinkMayStandTwiceInAChain) {
  Tensor x = leaf(Tensor({0.0}, Type::f64));
  const LinkPtr clip = make_link(ClipByGlobalNorm{1});
  Chain links = chain(ScaleByMomentum{0.5}, ScaleByMomentum{0.5});
  links.insert(links.begin(), clip);
  links.push_back(clip);
  links.push_back(make_link(ScaleByLearningRate{1}));
  Optimizer optimizer(Method(links), {x});
  x.set_grad(Tensor({4.0}, Type::f64));
  optimizer.step();  // 1, then 1 and 1 by the buffers, then 1
  EXPECT_NEAR(x.at(0), -1, 1e-5);
  x.set_grad(Tensor({4.0}, Type::f64));
  optimizer.step();  // the buffers hold 1.5 and 2, the second clip makes it 1
  EXPECT_NEAR(x.at(0), -2, 1e-5);
  const NamedTensors state = optimizer.state();
  EXPECT_EQ(state.size(), 5U);
  optimizer.load_state(state);
}

struct OtherNorm : ClipByGlobalNorm {
  static constexpr const char* name = "other_norm";
  static constexpr auto options() { return no_options(); }
};

TEST(Steps, GroupsRefuseWhatNeedsAllOfThem) {
  Tensor a = leaf(Tensor({0.0}, Type::f64)), b = leaf(Tensor({0.0}, Type::f64));
  const std::vector<Parameter> both = {{"a", a}, {"b", b}};
  const auto refused = [&](Optimizer optimizer, const Method& other, const std::string& named) {
    expect_usage([&] { optimizer.group("b", other); }, named);
    a.set_grad(Tensor({3.0}, Type::f64));
    b.set_grad(Tensor({4.0}, Type::f64));
    optimizer.step([&] { return sum(a) + sum(b); });
    EXPECT_EQ(a.at(0), b.at(0)) << "b is still in the group of a";
    a.fill(0), b.fill(0);
  };
  refused(Optimizer(SGD{.lr = 1}, both), Method::parse("lbfgs"), "equal settings");
  refused(Optimizer(Lbfgs{}, both), Lbfgs{.lr = 0.5}, "equal settings");
  // A norm and a norm of what the other order has made of it: no order serves both groups.
  const Chain one = chain(ClipByGlobalNorm{1}, OtherNorm{}, ScaleByLearningRate{1}),
              two = chain(OtherNorm{}, ClipByGlobalNorm{1}, ScaleByLearningRate{1});
  refused(Optimizer(Method(one), both), Method(two), "another order");
}

struct SavesDirections {  // a link that keeps what it was given, of all parameters
  static constexpr const char* name = "saves_directions";
  static StateShapes memory(std::int64_t elements) { return {{"last", {elements}}}; }
  void run(std::span<Part> parts, Context& context) const {
    for (std::size_t i = 0; i < parts.size(); ++i)
      context.memory[0].data<double>()[i] = parts[i].direction.at(0);
  }
};

TEST(Steps, ASearchSeesNoDirectionWhereThereIsNoGradient) {
  Tensor a = leaf(Tensor({3.0}, Type::f64)), b = leaf(Tensor({1.0}, Type::f64));
  Optimizer optimizer(chain(SavesDirections{}), {a, b});
  optimizer.step([&] { return sum(square(a)) + sum(square(b)); });
  EXPECT_EQ(optimizer.state().back().second.at(1), 2);
  optimizer.step([&] { return sum(square(a)); });
  const NamedTensors state = optimizer.state();
  EXPECT_EQ(state.back().first, "memory.saves_directions.last");
  EXPECT_EQ(state.back().second.at(1), 0);
}

}  // namespace
}  // namespace downhill
