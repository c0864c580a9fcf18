// Rules that look at batches, rates and classes.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>

#include "tests/doctor/runs.h"

namespace downhill {
namespace {

using namespace sample;

// Three of five batches lose nothing, the others 40: the median is 0, the mean 16 of 1.8 at the start.
TEST(DoctorRules, BatchesThatLoseNothingDoNotHideThoseThatLoseMuch) {
  RunLog log;
  for (std::int64_t step = 1; step <= 300; ++step)
    log.steps.push_back({step, 0, Split::train, step < 3 ? 1.8 : (step % 5 < 3 ? 0.0 : 40.0)});
  EXPECT_EQ(verdict_of(log), "diverging");
  for (StepRecord& record : log.steps) record.loss = record.step == 250 ? 4000 : 1.0;
  EXPECT_FALSE(finds(log, "diverging")) << "one wild batch";
}

TEST(DoctorRules, NoGuessLosesAsMuchAsAClassifierThatIsSure) {
  const auto wild = [](double t) { return 20 + 3 * std::sin(200 * t); };
  RunLog log = epochs_of(wild, wild, 40);
  EXPECT_FALSE(finds(log, "diverging")) << "numbers may lose what they like";
  set_accuracy(log, [](double t) { return t < 0.5 ? 0.5 : 0.6; });
  EXPECT_EQ(verdict_of(log), "diverging");
}

TEST(DoctorRules, AFirstHalfAboveTheStartIsTooLargeARate) {
  const auto spoilt = [](double height) {
    return [height](double t) { return t < 0.02 ? 2.0 : t < 0.6 ? height : 1.0; };
  };
  EXPECT_TRUE(finds(steps_of(spoilt(2.5)), "lr_too_large"));
  EXPECT_FALSE(finds(steps_of(spoilt(2.3)), "lr_too_large"));
}

TEST(DoctorRules, FirstLossesByStep) {
  const auto log_of = [](double first, double soon, double norm) {
    RunLog log = steps_of([=](double t) { return t < 0.01 ? first : soon * std::exp(-2 * t); });
    log.steps[0].gradient_norm = norm;
    add_epochs(log, 10, Split::validation, falls(0.2));
    set_accuracy(log, [](double t) { return 0.5 + 0.4 * t; });
    return log;
  };
  EXPECT_FALSE(finds(log_of(2.3, 2.2, 1), "init_loss_off"));
  EXPECT_TRUE(finds(log_of(3.5, 1.5, 1), "init_loss_off")) << "gone within 8 steps";
  EXPECT_FALSE(finds(log_of(3.5, 2, 1), "init_loss_off"));
  EXPECT_FALSE(finds(log_of(3.3, 1.5, 1), "init_loss_off")) << "log of 27";
  EXPECT_TRUE(finds(log_of(2.3, 1, 9), "init_loss_off")) << "the norm was 9 times the later one";
  EXPECT_TRUE(finds(log_of(12.1, 12, 1), "init_loss_off")) << "no number of classes";
}

// The commonest class has 0.881 of the rows; always guessing it loses 0.365 (by hand:
// -0.881 ln 0.881 - 0.119 ln 0.119).
TEST(DoctorRules, AnAccuracyThatSettlesAboveTheConstantsLossIsOneClass) {
  const auto log_of = [](double loss) {
    RunLog log = epochs_of(
        falls(loss / 2.2), [loss](double t) { return 2.2 - (2.2 - loss) * t; }, 20);
    set_accuracy(log, [](double t) { return t < 0.3 ? 0.5 : 0.881; });
    return log;
  };
  EXPECT_TRUE(finds(log_of(0.4), "class_collapse"));
  EXPECT_FALSE(finds(log_of(0.3), "class_collapse")) << "better than the guess";
  RunLog learns = log_of(0.4);
  set_accuracy(learns, [](double t) { return 0.5 + 0.4 * t; });
  EXPECT_FALSE(finds(learns, "class_collapse"));
}

TEST(DoctorRules, BiasesThatLearnAloneAreDeadUnitsOrZeroWeights) {
  RunLog log = steps_of(falls(0.3));
  for (StepRecord& record : log.steps)
    record.layers = {{.name = "0.weight", .gradient = 0}, {.name = "2.weight", .gradient = 0}};
  EXPECT_TRUE(finds(log, "dead_units"));
  for (StepRecord& record : log.steps) record.layers[1].gradient = 1;
  EXPECT_FALSE(finds(log, "dead_units"));
}

// Event files hold tags sorted by name: 10.weight before 2.weight.
TEST(DoctorRules, LayersStandInTheOrderOfTheirNumbers) {
  RunLog log = steps_of(falls(0.5));
  for (StepRecord& record : log.steps)
    record.layers = {{.name = "0.weight", .gradient = 1e-4},
                     {.name = "10.weight", .gradient = 1},
                     {.name = "2.weight", .gradient = 1e-3}};
  EXPECT_TRUE(finds(log, "vanishing_gradients"));
  for (StepRecord& record : log.steps) record.layers[1].name = "head";
  EXPECT_FALSE(finds(log, "vanishing_gradients")) << "else the log's own order counts";
}

// Under a cosine a run that needs its whole rate to come down was not done; one that came down at once was.
TEST(DoctorRules, UnderARateThatDecaysTheRateSpentIsTheTime) {
  const auto run = [](double rate_needed) {
    const auto loss = [rate_needed](double t) {
      const double spent = t + std::sin(std::numbers::pi * t) / std::numbers::pi;
      return 0.1 + std::exp(-spent / rate_needed);
    };
    RunLog log = epochs_of(loss, loss, 60);
    set_rates(log, half_cosine);
    return log;
  };
  EXPECT_NE(verdict_of(run(1)), "healthy");
  EXPECT_EQ(verdict_of(run(0.1)), "healthy");
}

TEST(DoctorRules, ACycleThatEndsWithAFallIsNoUnderfitting) {
  const auto loss = [](double t) { return 0.3 + 0.7 * std::exp(-2 * t); };
  RunLog log = epochs_of(loss, loss, 60);
  EXPECT_TRUE(finds(log, "underfitting"));
  set_rates(log, [](double t) { return 0.02 + half_cosine(std::fmod(2.999 * t, 1)); });
  EXPECT_FALSE(finds(log, "underfitting"));
}

RunLog sorted_rows(std::int64_t every, bool sorted) {
  Random random(3, 1);
  RunLog log;
  for (std::int64_t step = 1; step <= 1200; ++step) {
    const double phase = static_cast<double>((step - 1) % 60) / 60;
    const double wave = sorted ? 0.5 * std::sin(2 * std::numbers::pi * phase) : 0;
    if (step % every == 0 || step <= 2)
      log.steps.push_back({step, (step + 59) / 60, Split::train, 1 + wave + 0.3 * random.normal()});
  }
  return log;
}

TEST(DoctorRules, SortedRowsShowInThinnedLogsToo) {
  for (const std::int64_t every : {1, 3, 7}) {
    EXPECT_TRUE(finds(sorted_rows(every, true), "data_not_shuffled")) << every;
    EXPECT_FALSE(finds(sorted_rows(every, false), "data_not_shuffled")) << every;
  }
}

// A sum of gradients does not jump with the batches.
TEST(DoctorRules, ANormThatGrowsSmoothlyWhileLossesJumpIsASum) {
  const auto log_of = [](double jitter) {
    Random random(5, 1);
    RunLog log = steps_of(falls(0.05), 300, 0.5, 2);
    for (StepRecord& record : log.steps) {
      const double t = static_cast<double>(record.step) / 300;
      record.gradient_norm = (1 + 6 * std::min(1.0, 3 * t)) * (1 + jitter * random.normal());
    }
    return log;
  };
  EXPECT_TRUE(finds(log_of(0.01), "accumulating_gradients"));
  EXPECT_FALSE(finds(log_of(0.2), "accumulating_gradients"));
}

TEST(DoctorRules, ASpikeIsNamedAlsoWhereTheRunDidNotRecover) {
  RunLog log =
      steps_of([](double t) { return t < 0.5 ? 0.05 + std::exp(-20 * t) : 0.9; }, 200, 0.05, 1);
  log.steps[101].loss = 500;
  EXPECT_TRUE(finds(log, "spike"));
}

TEST(DoctorRules, OfARunningRunNothingIsSaidOfItsEnd) {
  const RunLog slow = epochs_of(falls(0.5), falls(0.5), 40);
  EXPECT_FALSE(diagnose(slow).healthy());
  EXPECT_TRUE(diagnose(slow, {.running = true}).healthy());
  EXPECT_EQ(diagnose(steps_of(explodes(1e6)), {.running = true}).name, "diverging");
}

TEST(DoctorRules, AFindingLastsToTheEndInStepsOrEpochs) {
  RunLog log = epochs_of(falls(1e-3), turns(0.3, 5), 60);
  const Verdict by_step = diagnose(log);
  EXPECT_EQ(finding(by_step, "overfitting").to_step, 600);
  for (EpochRecord& record : log.epochs) record.step = 0;
  const Verdict by_epoch = diagnose(log);
  EXPECT_EQ(finding(by_epoch, "overfitting").to_step, 60);
  EXPECT_NEAR(static_cast<double>(finding(by_epoch, "overfitting").from_step), 19, 2);
}

}  // namespace
}  // namespace downhill
