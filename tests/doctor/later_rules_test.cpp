// Rules of the third version: what low rates gain, swings, sums of gradients, quiet validation rows.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>

#include "tests/doctor/runs.h"

namespace downhill {
namespace {

using namespace sample;

// A loss that stands until the rate comes down; one that falls with the rate spent; one that ends low.
TEST(DoctorLaterRules, LowRatesThatGainMoreThanHighOnes) {
  const auto run = [](const Shape1& loss) {
    RunLog log = epochs_of(loss, loss, 40);
    set_rates(log, half_cosine);
    return log;
  };
  const auto late = [](double end) {
    return [end](double t) {
      return t < 0.55 ? 2.0 : 2 - (2 - end) * std::min(1.0, (t - 0.55) / 0.3);
    };
  };
  EXPECT_EQ(verdict_of(run(late(1.2))), "lr_too_large");
  EXPECT_FALSE(finds(run(late(0.1)), "lr_too_large")) << "it came down in the end";
  const auto spent = [](double t) {
    return 2 - 0.8 * (t + std::sin(std::numbers::pi * t) / std::numbers::pi);
  };
  EXPECT_FALSE(finds(run(spent), "lr_too_large")) << "each unit of rate gained the same";
}

TEST(DoctorLaterRules, ALossThatRisesByHalfOfItsStartBeforeItFalls) {
  const auto swings = [](double height) {
    return [height](double t) {
      return 1.5 - 1.2 * t + height * std::exp(-200 * (t - 0.3) * (t - 0.3));
    };
  };
  EXPECT_TRUE(finds(epochs_of(swings(2.0), swings(2.0), 40), "lr_too_large"));
  EXPECT_FALSE(finds(epochs_of(swings(0.3), swings(0.3), 40), "lr_too_large"));
}

TEST(DoctorLaterRules, WrongAndSureOverTheFirstHalf) {
  // At an accuracy of 0.8 a guess over 1000 classes loses 1.88 at most.
  const auto loss = [](double t) { return t < 0.6 ? 5.0 : 0.6; };
  RunLog log = epochs_of(loss, loss, 30);
  EXPECT_FALSE(finds(log, "lr_too_large"));
  set_accuracy(log, [](double t) { return 0.8 + 0.01 * std::sin(100 * t); });
  EXPECT_TRUE(finds(log, "lr_too_large"));
}

// theta'' = -theta: what a gradient that is summed up does to a parabola.
TEST(DoctorLaterRules, ASummedGradientIsLargestWhereTheLossIsLowest) {
  const auto run = [](double phase) {
    RunLog log;
    for (std::int64_t step = 1; step <= 200; ++step) {
      const double t = 0.15 * static_cast<double>(step);
      StepRecord record;
      record.step = step;
      record.loss = std::cos(t) * std::cos(t);
      record.gradient_norm = 0.1 + std::abs(std::sin(t + phase));
      log.steps.push_back(record);
    }
    return log;
  };
  EXPECT_EQ(verdict_of(run(0)), "accumulating_gradients");
  EXPECT_FALSE(finds(run(std::numbers::pi / 2), "accumulating_gradients"))
      << "largest where the loss is";
}

TEST(DoctorLaterRules, TheSameBatchesInEveryEpoch) {
  const auto run = [](bool shuffled) {
    RunLog log;
    Random random(3, 1);
    std::vector<double> own;
    for (std::size_t i = 0; i < 20; ++i) own.push_back(0.3 * random.normal());
    for (std::int64_t step = 1; step <= 400; ++step) {
      const auto batch = static_cast<std::size_t>((step - 1) % 20);
      StepRecord record;
      record.step = step;
      record.epoch = 1 + (step - 1) / 20;
      record.loss = 1 + (shuffled ? 0.3 * random.normal() : own[batch]);
      log.steps.push_back(record);
    }
    return log;
  };
  EXPECT_TRUE(finds(run(false), "data_not_shuffled"));
  EXPECT_FALSE(finds(run(true), "data_not_shuffled"));
}

TEST(DoctorLaterRules, AnAccuracyThatStandsIsNoCollapseWhereTrainingRowsAreKnown) {
  const auto run = [](double floor) {
    RunLog log = epochs_of(settles(floor), settles(0.2), 30);
    for (EpochRecord& record : log.epochs)
      if (record.split == Split::validation) record.metrics = {{"accuracy", 0.958}};
    return log;
  };
  // Always predicting a class of 0.958 of the rows loses 0.174.
  EXPECT_TRUE(finds(run(0.17), "class_collapse"));
  EXPECT_FALSE(finds(run(0.03), "class_collapse"));
}

TEST(DoctorLaterRules, EpochsThatJumpWhileValidationRowsStandStillAreNoFloor) {
  RunLog log = epochs_of(settles(0.1), settles(0.2), 40);
  Random random(2, 1);
  for (EpochRecord& record : log.epochs)
    if (record.split == Split::train) record.loss += 0.15 * std::abs(random.normal());
  EXPECT_EQ(verdict_of(log), "healthy");
  std::erase_if(log.epochs, [](const EpochRecord& r) { return r.split != Split::train; });
  EXPECT_TRUE(finds(log, "noise_floor"));
}

// By validation losses over their fall, by them over their level alone, and by the losses of epochs.
TEST(DoctorLaterRules, ANoiseFloorReportsTheFiguresThatFired) {
  const auto run = [](const Shape1& validation, double noise, double train_noise) {
    RunLog log = epochs_of(settles(0.1), validation, 40);
    Random random(2, 1);
    std::int64_t at = 0;
    for (EpochRecord& record : log.epochs) {
      if (record.split == Split::train) record.loss += train_noise * std::abs(random.normal());
      else record.loss += noise * (at++ % 2 == 0 ? 1 : -1);
    }
    return log;
  };
  RunLog by_epochs = run(settles(0.2), 0, 0.15);
  std::erase_if(by_epochs.epochs, [](const EpochRecord& r) { return r.split != Split::train; });
  const auto high = [](double) { return 1.0; };
  const std::pair<RunLog, std::string> runs[] = {
      {run(settles(0.2), 0.1, 0), "validation_noise_over_fall"},
      {run(high, -0.3, 0), "validation_noise_over_level"},
      {by_epochs, "noise_over_level"}};
  for (const auto& [log, first] : runs) {
    const Finding found = finding(diagnose(log), "noise_floor");
    EXPECT_EQ(found.evidence[0].first, first);
    ASSERT_EQ(found.evidence.size(), found.threshold.size());
    for (std::size_t i = 0; i < found.evidence.size(); ++i) {
      EXPECT_EQ(found.evidence[i].first, found.threshold[i].first);
      EXPECT_GT(found.evidence[i].second, found.threshold[i].second) << found.evidence[i].first;
    }
  }
}

TEST(DoctorLaterRules, AStartOfNoisyStepsIsTheirLevel) {
  // It falls by 0.2 with a noise of 0.12: a high first loss is no fall.
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    RunLog log = steps_of([](double t) { return 1.7 - 0.2 * t; }, 300, 0.07, seed);
    EXPECT_EQ(verdict_of(log), "lr_too_small") << seed;
  }
}

// Means of equal numbers differ in their last places: that is no fall that was lost again.
TEST(DoctorLaterRules, AConstantLossOnlyStands) {
  for (const double loss : {0.6931, 1.0, 0.5, 0.1, 7.3, 0.3333})
    for (const std::int64_t count : {30, 100, 400, 1000}) {
      RunLog log = steps_of([=](double) { return loss; }, count);
      EXPECT_FALSE(finds(log, "lr_too_large")) << loss << " " << count;
      for (StepRecord& step : log.steps) step.epoch = (step.step - 1) / 20 + 1;
      EXPECT_FALSE(finds(log, "data_not_shuffled")) << loss << " " << count;
      EXPECT_FALSE(finds(log, "lr_too_large")) << loss << " " << count;
    }
}

// Half of the run it learns with level norms, then it diverges: its gradients were set to zero.
TEST(DoctorLaterRules, ARunThatLearntAndThenDivergedForgotNoZeroGrad) {
  Random random(3);
  RunLog log;
  for (std::int64_t step = 1; step <= 100; ++step) {
    const double t = static_cast<double>(step) / 100, late = std::max(0.0, t - 0.6);
    StepRecord record;
    record.step = 50 * step;
    record.loss = 1.2 + 2 * std::exp(-8 * t) + 14 * late + 0.05 * random.normal();
    record.gradient_norm = (1.2 + 0.1 * random.normal()) * (1 + 60 * late);
    record.lr = 1e-4;
    log.steps.push_back(record);
  }
  EXPECT_FALSE(finds(log, "accumulating_gradients"));
  EXPECT_TRUE(finds(log, "diverging") || finds(log, "lr_too_large")) << verdict_of(log);
}

TEST(DoctorLaterRules, AnAccuracyThatRoseIsNoCollapseThoughTheLossCameUpAgain) {
  RunLog log = epochs_of([](double t) { return 0.02 + 0.58 * std::exp(-6 * t); },
                         [](double t) { return 0.32 + 0.18 * std::exp(-20 * t) + 0.4 * t; }, 20);
  for (EpochRecord& r : log.epochs)
    if (r.split == Split::validation)
      r.metrics = {{"accuracy", 0.92 - 0.1 * std::exp(-static_cast<double>(r.epoch) / 3)}};
  EXPECT_EQ(verdict_of(log), "overfitting");
  EXPECT_FALSE(finds(log, "class_collapse"));
}

}  // namespace
}  // namespace downhill
