// Curves like those that earlier versions judged wrongly: figures of real runs, noise as theirs.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/doctor/runs.h"

namespace downhill {
namespace {

using namespace sample;

Shape1 from_to(double from, double to, double pace) {
  return [=](double t) { return to + (from - to) * std::exp(-pace * t); };
}

void decays(RunLog& log) {
  const auto last =
      static_cast<double>(log.epochs.empty() ? log.steps.back().step : log.epochs.back().epoch);
  const auto rate = [](double t) { return 0.5 * (1 + std::cos(std::numbers::pi * t)); };
  for (EpochRecord& r : log.epochs) r.lr = rate(static_cast<double>(r.epoch) / last);
  for (StepRecord& r : log.steps) r.lr = rate(static_cast<double>(r.step) / last);
}

TEST(DoctorToldWrong, TheFloorOfLabelSmoothingUnderACosine) {
  RunLog log = epochs_of(from_to(1.65, 0.508, 15), from_to(1.2, 0.55, 15), 50, 0.002, 1);
  decays(log);
  EXPECT_EQ(verdict_of(log), "healthy");
}

/// A network that is right on nearly all digits: its accuracy settles, its loss stays far above what that
/// accuracy would lose without smoothed labels.
RunLog settled_at(double accuracy) {
  RunLog log = epochs_of(from_to(1.65, 0.508, 15), from_to(1.2, 0.55, 15), 50, 0.002, 1);
  decays(log);
  for (EpochRecord& r : log.epochs)
    if (r.split == Split::validation)
      r.metrics = {{"accuracy",
                    r.epoch < 6 ? accuracy - 0.01 * static_cast<double>(6 - r.epoch) : accuracy}};
  return log;
}

TEST(DoctorToldWrong, AnAccuracyOfNearlyAllIsNoCollapseThoughItsLossIsHigh) {
  EXPECT_FALSE(finds(settled_at(0.9889), "class_collapse"));
}

TEST(DoctorToldWrong, RowsOfEveryClassThatAreRightAreNoCollapse) {
  RunLog log = settled_at(0.9);
  EXPECT_TRUE(finds(log, "class_collapse")) << "the curves alone";
  EvaluationRecord part{
      .split = "test", .metrics = {{"accuracy", 0.9}}, .baseline = {{"accuracy", 0.1}}};
  part.classes = {{.name = "a", .weight = 50, .recall = 0.85},
                  {.name = "b", .weight = 50, .recall = 0.95}};
  log.evaluations = {part};
  EXPECT_FALSE(finds(log, "class_collapse"));
  log.evaluations[0].classes[1].recall = 0;
  EXPECT_TRUE(finds(log, "class_collapse"));
}

TEST(DoctorToldWrong, ANegativeLossIsNotZero) {
  RunLog log = epochs_of(from_to(0.09, -3.235, 15), from_to(0.1, -3.1, 15), 60, 0.002, 1);
  decays(log);
  EXPECT_EQ(verdict_of(log), "healthy");
}

TEST(DoctorToldWrong, NoiseOfBatchesAsLargeAsTheLossItself) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    RunLog log = steps_of(from_to(2.32, 0.0117, 20), 400, 0, seed);
    Random random(seed, 7);
    for (StepRecord& r : log.steps) r.loss *= std::exp(0.7 * random.normal());
    decays(log);
    EXPECT_EQ(verdict_of(log), "healthy") << seed;
  }
}

TEST(DoctorToldWrong, AFallOfTheLastHundredthIsNoUnderfitting) {
  RunLog log = epochs_of(from_to(1.02, 0.0139, 12), from_to(0.777, 0.048, 9), 60, 0.003, 1);
  EXPECT_EQ(verdict_of(log), "healthy");
}

TEST(DoctorToldWrong, ALuckyDrawOnSixteenRowsIsNoOverfitting) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    RunLog log = epochs_of(from_to(1, 0.05, 12), from_to(1, 0.12, 12), 60, 0.02, seed);
    for (EpochRecord& r : log.epochs)
      if (r.split == Split::validation && r.epoch == 23) r.loss = 0.0087;
    decays(log);
    EXPECT_EQ(verdict_of(log), "healthy") << seed;
  }
}

TEST(DoctorToldWrong, AFewPercentUpOverManyEpochsAreNoOverfitting) {
  const auto up = [](double t) { return 0.3 + std::exp(-30 * t) + 0.0063 * t; };
  EXPECT_EQ(verdict_of(epochs_of(from_to(1.3, 0.25, 30), up, 400, 0.001, 1)), "healthy");
}

TEST(DoctorToldWrong, NeverTwoStoriesOfOneFlatEnd) {
  RunLog log = steps_of(from_to(2, 1.6, 1), 300, 0.2, 3);
  add_epochs(log, 20, Split::validation, from_to(2, 1.6, 1));
  EXPECT_FALSE(finds(log, "plateau") && finds(log, "underfitting"));
}

TEST(DoctorToldWrong, AConstantAboveTheStartDiverged) {
  const auto stuck = [](double to) { return [to](double t) { return t < 0.02 ? 2.32 : to; }; };
  EXPECT_EQ(verdict_of(steps_of(stuck(8.27), 300, 0.05, 1)), "diverging");
  EXPECT_EQ(verdict_of(steps_of(stuck(12.4), 300, 0.05, 2)), "diverging");
}

TEST(DoctorToldWrong, AFirstLossOf568) {
  RunLog log = steps_of(from_to(568, 0.19, 60), 300, 0.05, 1);
  EXPECT_EQ(verdict_of(log), "init_loss_off");
}

TEST(DoctorToldWrong, ARateTenTimesTooLargeIsNoSaddle) {
  RunLog log = epochs_of([](double t) { return t < 0.01 ? 2.07 : 2.02; },
                         [](double) { return 2.03; }, 40, 0.003, 1);
  EXPECT_NE(verdict_of(log), "healthy");
  EXPECT_FALSE(finds(log, "saddle"));
}

// A guess loses what it does in nats alone: the losses of ldam are 30 times as large.
TEST(DoctorToldWrong, ALossInOtherUnitsIsHeldAgainstNoGuess) {
  const auto high = [](double t) { return 11.1 + 2 * std::exp(-9 * t); };
  RunLog log = epochs_of(high, high, 60, 0.03);
  for (EpochRecord& record : log.epochs)
    if (record.split == Split::validation) record.metrics = {{"accuracy", 0.7}};
  EXPECT_TRUE(finds(log, "diverging")) << "no guess loses 11 nats";
  log.start.config = {{"loss", "ldam:scale=30"}};
  EXPECT_FALSE(finds(log, "diverging"));
  log.start.config = {{"loss", "cross_entropy:label_smoothing=0.1"}};
  EXPECT_TRUE(finds(log, "diverging"));
}

TEST(DoctorToldWrong, ARunAtAMeasuredMinimumIsNoPlateau) {
  const auto little = [](double t) { return 6.65 + 0.1 * std::exp(-30 * t); };
  RunLog log = epochs_of(little, little);
  EXPECT_TRUE(finds(log, "plateau"));
  log.stands = StandsRecord{.stands = State::minimum, .loss = 6.65};
  EXPECT_FALSE(finds(log, "plateau"));
}

TEST(DoctorToldWrong, OverfittingIsNotHiddenByAnAccuracyThatNeverMoves) {
  RunLog log = epochs_of(falls(0.01), turns(0.3, 1));
  for (EpochRecord& record : log.epochs)
    if (record.split == Split::validation) record.metrics = {{"accuracy", 0.5}};
  EXPECT_TRUE(finds(log, "overfitting"));
}

// At a price of 10 every row is predicted positive: the accuracy never moves, and the loss is better.
TEST(DoctorToldWrong, AnAccuracyThatAPriceHoldsIsBetterThanTheConstant) {
  const auto little = [](double t) { return 1.39 + 0.19 * std::exp(-30 * t); };
  RunLog log = epochs_of(little, little);
  for (EpochRecord& record : log.epochs)
    if (record.split == Split::validation) record.metrics = {{"accuracy", 0.42}};
  EXPECT_TRUE(finds(log, "no_better_than_constant") || finds(log, "class_collapse"));
  log.start.config = {{"loss", "bce_with_logits:pos_weight=10"}};
  log.evaluations = {{.split = "validation", .loss = 1.39, .baseline_loss = 1.58}};
  EXPECT_FALSE(finds(log, "no_better_than_constant") || finds(log, "class_collapse"));
}

// The delivered weights lose more on the rows that they learnt from than a constant: a few rows do it.
TEST(DoctorToldWrong, WorseThanTheConstantOnItsOwnRowsIsNotHealthy) {
  RunLog log = epochs_of(settles(0.1), settles(0.12));
  EvaluationRecord train{.split = "train", .loss = 32.7, .baseline_loss = 6.2};
  EvaluationRecord validation{.split = "validation", .loss = 1.3, .baseline_loss = 7.7};
  log.evaluations = {train, validation};
  EXPECT_TRUE(finds(log, "no_better_than_constant"));
  log.evaluations[0].loss = 1.1;
  EXPECT_FALSE(finds(log, "no_better_than_constant"));
}

RunLog steps_with(const std::vector<double>& losses, double constant) {
  RunLog log;
  log.start.version = "0.1.0";
  log.start.constant_loss = constant;
  for (const double loss : losses)
    log.steps.push_back({.step = static_cast<std::int64_t>(log.steps.size()) + 1, .loss = loss});
  return log;
}

// A run that begins at the best constant: its first batch alone may lose less, or more.
TEST(DoctorToldWrong, ALuckyFirstBatchIsNoStart) {
  const std::vector<double> twelve = {1.07, 1.11, 1.35, 1.53, 1.62, 1.61,
                                      1.38, 1.14, 1.24, 1.33, 1.79, 1.64};
  EXPECT_TRUE(finds(steps_with(twelve, 0.5), "diverging")) << "of a constant that loses less";
  EXPECT_FALSE(finds(steps_with(twelve, 1.32), "diverging"));
  RunLog two_epochs = steps_with(twelve, 0.5);
  two_epochs.epochs = {{.epoch = 1, .step = 6, .loss = 1.05},
                       {.epoch = 2, .step = 12, .loss = 1.1}};
  EXPECT_FALSE(finds(two_epochs, "diverging")) << "by the means of its epochs it stands still";
  std::vector<double> rare = {0.043, 0.05};
  for (int i = 0; i < 200; ++i) rare.push_back(0.17 - 0.0002 * i + (i % 2 == 0 ? 0.03 : -0.03));
  EXPECT_TRUE(finds(steps_with(rare, 0.01), "lr_too_large") ||
              finds(steps_with(rare, 0.01), "diverging"));
  EXPECT_FALSE(finds(steps_with(rare, 0.182), "lr_too_large") ||
               finds(steps_with(rare, 0.182), "diverging"));
}

// The mean of a first epoch is no luck: a run that was better than the constant and is not any more.
TEST(DoctorToldWrong, ByEpochTheStartIsTheFirstLoss) {
  RunLog rises =
      epochs_of([](double t) { return 0.1 + 0.87 * t; }, [](double t) { return 0.1 + 0.87 * t; });
  rises.start.constant_loss = 3.8;
  EXPECT_EQ(verdict_of(rises), "diverging");
  const auto up_and_down = [](double t) { return 0.1 + (t < 0.7 ? 8 * t * (0.7 - t) : 0); };
  RunLog hump = epochs_of(up_and_down, up_and_down);
  hump.start.constant_loss = 3.8;
  EXPECT_EQ(verdict_of(hump), "lr_too_large");
}

TEST(DoctorToldWrong, AFirstBatchWithARowFarOutIsNoInitialisation) {
  std::vector<double> claims = {860, 80};
  for (int i = 0; i < 100; ++i) claims.push_back(i % 25 == 7 ? 700 - i : 60 - 0.2 * i);
  EXPECT_FALSE(finds(steps_with(claims, 210), "init_loss_off"));
  for (double& loss : claims)
    if (loss > 100 && loss < 860) loss = 50;
  EXPECT_TRUE(finds(steps_with(claims, 210), "init_loss_off"));
  claims[80] = 500;
  EXPECT_TRUE(finds(steps_with(claims, 210), "init_loss_off")) << "one spike is another story";
}

}  // namespace
}  // namespace downhill
