// What a run did in its first epoch, which the mean of that epoch hides.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/doctor/runs.h"

namespace downhill {
namespace {

using namespace sample;

/// Twenty epochs that stay near 0.48, of classes that a constant tells with 0.63; the rate decays to 0.
RunLog learns_at_once() {
  RunLog log = epochs_of([](double t) { return 0.478 + 0.03 * std::exp(-30 * t); },
                         [](double t) { return 0.476 + 0.004 * (1 - t); }, 20, 0.0005, 3);
  for (EpochRecord& r : log.epochs) {
    r.lr = 0.25 * (1 + std::cos(0.15 * static_cast<double>(r.epoch)));
    if (r.split == Split::validation)
      r.metrics = {{"accuracy", 0.76 + 0.001 * static_cast<double>(r.epoch % 3)}};
  }
  return log;
}

void add_first_steps(RunLog& log, double loss) {
  log.start = {.version = "0.1.0", .constant_loss = 0.63};
  for (std::int64_t step = 1; step <= 5; ++step)
    log.steps.push_back({.step = step, .epoch = 1, .loss = loss, .lr = 0.5, .gradient_norm = 1});
}

TEST(DoctorFirstEpoch, StepsTellWhereItBegan) {
  RunLog log = learns_at_once();
  for (EpochRecord& r : log.epochs) r.metrics.clear();
  EXPECT_NE(verdict_of(log), "healthy") << "nothing tells that it fell";
  add_first_steps(log, 0.62);
  EXPECT_EQ(verdict_of(log), "healthy");
  // What a bad start lost above the constant is no way down.
  RunLog bad = learns_at_once();
  for (EpochRecord& r : bad.epochs) r.metrics.clear(), r.loss += 0.14;
  add_first_steps(bad, 40);
  EXPECT_NE(verdict_of(bad), "healthy");
}

// With 0.76 right a constant loses 0.55 at least.
TEST(DoctorFirstEpoch, ALossBelowThatOfAnyConstantWasLearnt) {
  EXPECT_EQ(verdict_of(learns_at_once()), "healthy");
  // A square's constant loses less than that: a quarter, of two classes.
  RunLog squares = learns_at_once();
  for (EpochRecord& r : squares.epochs) r.loss -= 0.22;
  for (EpochRecord& r : squares.epochs)
    if (r.split == Split::validation) r.metrics = {{"accuracy", 0.5}};
  EXPECT_NE(verdict_of(squares), "healthy");
  RunLog guesses = learns_at_once();
  for (EpochRecord& r : guesses.epochs) r.loss += 0.08;
  EXPECT_NE(verdict_of(guesses), "healthy");
}

// Of noisy targets a few percent are all that there is to be had.
TEST(DoctorFirstEpoch, LittleThatHeldOutRowsConfirmIsNotNothing) {
  RunLog log = epochs_of([](double t) { return 0.98 + 0.005 * std::exp(-20 * t); },
                         [](double t) { return 0.981 + 0.003 * std::exp(-20 * t); }, 20, 0.0002, 5);
  add_first_steps(log, 1);
  log.start.constant_loss = 1;
  EvaluationRecord part{.split = "validation", .rows = 4000, .loss = 0.981, .baseline_loss = 1};
  part.metrics = {{"r2", 0.019}};
  part.baseline = {{"r2", -0.0001}};
  part.intervals = {{"r2", 0.01, 0.028}};
  log.evaluations = {part};
  EXPECT_EQ(verdict_of(log), "healthy");
  log.evaluations[0].intervals = {{"r2", -0.002, 0.04}};
  EXPECT_EQ(verdict_of(log), "no_better_than_constant");
}

TEST(DoctorFirstEpoch, StepsThatBlowTheLossUpAreTooLarge) {
  RunLog log = epochs_of([](double t) { return 1e9 * std::exp(-12 * t); },
                         [](double t) { return 1e8 * std::exp(-12 * t); }, 40);
  add_first_steps(log, 0.6);
  for (std::size_t i = 1; i < log.steps.size(); ++i) {
    log.steps[i].loss = 1e10;
    log.steps[i].gradient_norm = 1e10;
  }
  EXPECT_EQ(verdict_of(log), "lr_too_large");
  EXPECT_FALSE(finds(log, "exploding_gradients")) << "the gradient began small";
  log.steps[0].gradient_norm = 1e10;
  EXPECT_TRUE(finds(log, "exploding_gradients"));
}

// A rate of 0, or one below the rounding of the weights.
TEST(DoctorFirstEpoch, NothingMoves) {
  RunLog log = steps_of([](double) { return 1.0; }, 200, 0.2, 4);
  log.start = {.version = "0.1.0", .constant_loss = 1};
  for (StepRecord& r : log.steps) {
    r.lr = 1e-9;
    r.layers = {{.name = "0.weight", .gradient = 1, .update = 1e-9, .parameter = 1},
                {.name = "0.bias", .gradient = 1, .update = 0, .parameter = 1}};
  }
  EXPECT_EQ(verdict_of(log), "lr_too_small");
  EXPECT_FALSE(finds(log, "frozen_parameters"));
  for (StepRecord& r : log.steps) r.layers[0].update = 1e-3;
  EXPECT_FALSE(finds(log, "lr_too_small"));
}

}  // namespace
}  // namespace downhill
