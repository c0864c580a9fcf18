#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <set>

#include "downhill/optim/optimizer.h"
#include "downhill/schedules/hyper.h"
#include "downhill/schedules/list.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

std::set<std::string> seen;  // names of the schedules whose values have been looked at

void expect_values(const Schedule& schedule,
                   std::initializer_list<std::pair<std::int64_t, double>> values) {
  seen.insert(schedule.text().substr(0, schedule.text().find(':')));
  const Schedule again = Schedule::parse(schedule.text());
  EXPECT_EQ(again.text(), schedule.text());
  for (const auto& [step, value] : values) {
    EXPECT_NEAR(schedule(step), value, 1e-15) << schedule.text() << " at " << step;
    EXPECT_EQ(again(step), schedule(step)) << schedule.text() << " at " << step;
  }
}

TEST(Schedule, ValuesByHand) {
  expect_values(Constant{0.3}, {{0, 0.3}, {7, 0.3}, {1000000000000, 0.3}});
  expect_values(Linear{.start = 1, .end = 0.2, .steps = 4},
                {{0, 1}, {1, 0.8}, {2, 0.6}, {3, 0.4}, {4, 0.2}, {99, 0.2}});
  expect_values(Cosine{.start = 2, .end = 0, .steps = 6},
                {{0, 2}, {1, 1 + std::sqrt(3) / 2}, {2, 1.5}, {3, 1}, {4, 0.5}, {6, 0}, {7, 0}});
  expect_values(Warmup{.start = 0, .steps = 4, .then = Constant{0.8}},
                {{0, 0}, {1, 0.2}, {2, 0.4}, {3, 0.6}, {4, 0.8}, {5, 0.8}});
  expect_values(Warmup{.start = 0.5, .steps = 2, .then = Linear{.start = 1, .end = 0, .steps = 2}},
                {{0, 0.5}, {1, 0.75}, {2, 1}, {3, 0.5}, {4, 0}});
  expect_values(Scaled{.factor = 3, .by = Linear{.start = 1, .end = 0, .steps = 2}},
                {{0, 3}, {1, 1.5}, {2, 0}});
  expect_values(
      Join{.first = Constant{1}, .boundary = 3, .second = Linear{.start = 1, .end = 0, .steps = 2}},
      {{0, 1}, {2, 1}, {3, 1}, {4, 0.5}, {5, 0}});
  expect_values(0.25, {{0, 0.25}, {9, 0.25}});
  // PyTorch's test_onecycle_lr_cosine_annealing: initial 1, top 25, end 0.5; momentum 22, 1, 22.
  const auto cosine = [](double from, double to, double x) {
    return to + (from - to) / 2 * (1 + std::cos(std::numbers::pi * x));
  };
  expect_values(OneCycle{.max = 25, .steps = 10, .final_div = 2}, {{0, 1},
                                                                   {1, 13},
                                                                   {2, 25},
                                                                   {3, cosine(25, 0.5, 1 / 7.0)},
                                                                   {6, cosine(25, 0.5, 4 / 7.0)},
                                                                   {9, 0.5},
                                                                   {10, 0.5}});
  expect_values(OneCycleMomentum{.max = 22, .base = 1, .steps = 10}, {{0, 22},
                                                                      {1, 11.5},
                                                                      {2, 1},
                                                                      {3, cosine(1, 22, 1 / 7.0)},
                                                                      {6, cosine(1, 22, 4 / 7.0)},
                                                                      {9, 22},
                                                                      {10, 22}});
  for (const std::string& name : Schedules::names())
    EXPECT_TRUE(seen.contains(name)) << name << " has no values here, worked by hand or published";
}

TEST(Schedule, OneCycleHasItsEdges) {
  for (const double share : {0.0, 1.0})
    for (const std::int64_t steps : {1, 2, 5}) {
      const Schedule cycle = OneCycle{.max = 2, .steps = steps, .pct_start = share};
      for (std::int64_t t = 0; t <= steps; ++t) {
        EXPECT_GE(cycle(t), 0) << t;
        EXPECT_LE(cycle(t), 2) << t;
      }
    }
}

TEST(Schedule, Nests) {
  const Schedule nested = Join{
      .first = Warmup{.start = 0, .steps = 2, .then = Scaled{.factor = 2, .by = Constant{1}}},
      .boundary = 4,
      .second = Join{
          .first = Constant{5}, .boundary = 1, .second = Linear{.start = 4, .end = 0, .steps = 4}}};
  expect_values(nested, {{0, 0}, {1, 1}, {2, 2}, {3, 2}, {4, 5}, {5, 4}, {6, 3}, {9, 0}});
}

TEST(Schedule, OverFillsInTheLengthOfTheRun) {
  expect_usage([] { Schedule(Cosine{})(5); }, "[cosine]", "steps");  // no length yet
  expect_usage([] { Schedule(Warmup{.then = Linear{}})(5); }, "[linear]", "steps");
  EXPECT_NEAR(Schedule(Cosine{}).over(10)(5), 0.5, 1e-15);
  EXPECT_NEAR(Schedule(Cosine{.steps = 4}).over(10)(2), 0.5, 1e-15);
  const Schedule warm = Schedule(Warmup{.steps = 10, .then = Linear{}}).over(30);
  EXPECT_NEAR(warm(20), 0.5, 1e-15);
  EXPECT_NEAR(warm(30), 0, 1e-15);
  const Schedule joined =
      Schedule(Join{.first = Linear{}, .boundary = 4, .second = Cosine{}}).over(10);
  EXPECT_NEAR(joined(2), 0.5, 1e-15);
  EXPECT_NEAR(joined(7), 0.5, 1e-15);
  EXPECT_NEAR(Schedule(Scaled{2, Linear{}}).over(8)(4), 1, 1e-15);
  EXPECT_EQ(Schedule(Constant{0.1}).over(8).text(), Schedule(Constant{0.1}).text());
  // A warm-up as long as the run, or longer, climbs to the start of what follows.
  for (const std::int64_t run : {10, 100})
    EXPECT_NEAR(Schedule(Warmup{.steps = 100, .then = Cosine{.start = 2}}).over(run)(50), 1, 1e-15);
}

// A rate below 0 climbs.
TEST(Schedule, OfARateStaysWithinItsRange) {
  const std::vector<Parameter> weight = {{"w", Tensor::zeros({2}).requires_grad(true)}};
  for (const char* text :
       {"sgd:lr=(constant:value=-1)", "sgd:lr=(linear:start=1,end=-1,steps=0)"}) {
    Optimizer optimizer(Method::parse(text), weight);
    EXPECT_THROW(optimizer.over(100), UsageError) << text;
  }
  Optimizer optimizer(Method::parse("sgd:lr=(linear:start=1,end=0,steps=0)"), weight);
  optimizer.over(100);
  optimizer = Optimizer(Method::parse("sgd:lr=1"), weight);
  optimizer.over(100);
  EXPECT_THROW(optimizer.schedule_lr(Schedule::parse("constant:value=-1")), UsageError);
  optimizer.schedule_lr(Schedule::parse("cosine"));
}

TEST(Schedule, RefusesWhatItCannotRead) {
  expect_usage([] { Schedule::parse("cosin"); }, "'cosine'");
  expect_usage([] { Schedule::parse("cosine:step=5"); }, "'steps'");
  expect_usage([] { Schedule::parse("cosine:steps=-5"); }, "steps");
  expect_usage([] { Schedule::parse("linear:start=nan"); }, "start");
  expect_usage([] { Schedule::parse("warmup:then=(cosin)"); }, "'cosine'");
  expect_usage([] { Schedule::parse("warmup:steps=1,then=(cosine"); }, "");
  expect_usage([] { Schedule::parse(""); }, "");
  expect_usage([] { Schedule::parse(std::string(20000, '(')); }, "");
  expect_usage([] { Schedule(Linear{.steps = -1}); }, "steps");
  std::string deep = "1";
  for (int i = 0; i < 400; ++i) deep = "(scaled:by=" + deep + ")";
  try {
    Schedule::parse(deep)(0);
  } catch (const UsageError&) {
  }
}

TEST(Hyper, IsANumberOrASchedule) {
  EXPECT_FALSE(Hyper(0.0).matters());
  EXPECT_TRUE(Hyper(0.1).matters());
  EXPECT_TRUE(Hyper(Constant{0}).matters());
  Hyper h = 1;
  EXPECT_EQ(read_option("(cosine:start=0.5,steps=2)", h), "");
  EXPECT_TRUE(h.scheduled());
  EXPECT_NEAR(h.at(1), 0.25, 1e-15);
  EXPECT_NE(read_option("cosine", h), "");
}

}  // namespace
}  // namespace downhill
