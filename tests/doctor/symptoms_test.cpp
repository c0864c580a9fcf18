#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/doctor/runs.h"

namespace downhill {
namespace {

using namespace sample;

TEST(Doctor, LayersTellVanishingDeadAndFrozen) {
  const auto with_layers = [](double first, double to) {
    RunLog log = steps_of(falls(to));
    for (StepRecord& record : log.steps)
      record.layers = {{.name = "0.weight", .gradient = first},
                       {.name = "2.weight", .gradient = 1}};
    return log;
  };
  EXPECT_EQ(verdict_of(with_layers(0.9e-3, 0.99)), "vanishing_gradients");
  EXPECT_FALSE(finds(with_layers(1.1e-3, 0.99), "vanishing_gradients"));
  EXPECT_EQ(verdict_of(with_layers(0, 0.5)), "frozen_parameters");
  EXPECT_EQ(verdict_of(with_layers(0, 0.99)), "dead_units");
}

TEST(Doctor, GradientNorms) {
  const auto with_norm = [](const Shape1& loss, const Shape1& norm) {
    RunLog log = steps_of(loss);
    for (StepRecord& record : log.steps)
      record.gradient_norm = norm(static_cast<double>(record.step) / 200);
    return log;
  };
  const auto flat = [](double) { return 1.0; };
  EXPECT_TRUE(
      finds(with_norm(flat, [](double t) { return 1 + 10 * t; }), "accumulating_gradients"));
  EXPECT_FALSE(
      finds(with_norm(falls(0.1), [](double t) { return 1 + 5 * t; }), "accumulating_gradients"));
  EXPECT_TRUE(finds(with_norm(flat, [](double) { return 41.0; }), "exploding_gradients"));
  EXPECT_FALSE(finds(with_norm(flat, [](double) { return 39.0; }), "exploding_gradients"));
}

TEST(Doctor, TheFirstLossFarAboveAConstants) {
  const auto from = [](double first) {
    return [first](double t) { return 0.5 + (first - 0.5) * std::exp(-60 * t); };
  };
  EXPECT_TRUE(finds(steps_of(from(13)), "init_loss_off"));
  EXPECT_FALSE(finds(steps_of(from(11)), "init_loss_off"));
}

TEST(Doctor, ExchangedSplits) {
  EXPECT_EQ(verdict_of(epochs_of(turns(0.3, 0.5), falls(0.05))), "swapped_splits");
  // Dropout: train above validation, both fall.
  EXPECT_NE(verdict_of(epochs_of(falls(0.3), falls(0.2))), "swapped_splits");
}

TEST(Doctor, OneClassOnly) {
  RunLog log = epochs_of(settles(0.2), settles(0.2), 20);
  for (EpochRecord& record : log.epochs)
    if (record.split == Split::validation) record.metrics = {{"accuracy", 0.95}};
  EXPECT_TRUE(finds(log, "class_collapse"));
  for (EpochRecord& record : log.epochs)
    if (record.split == Split::validation)
      record.metrics = {{"accuracy", 0.9 + 0.001 * static_cast<double>(record.epoch)},
                        {"f1", 0.48}};
  EXPECT_TRUE(finds(log, "class_collapse"));
}

TEST(Doctor, SortedRowsShowTheSameWavesInEveryEpoch) {
  const auto run = [](bool sorted) {
    Random random(5, 1);
    RunLog log;
    for (std::int64_t step = 1; step <= 400; ++step) {
      const double wave = sorted ? std::sin(0.157 * static_cast<double>((step - 1) % 40)) : 0;
      log.steps.push_back(
          {step, (step + 39) / 40, Split::train, 1 + 0.5 * wave + 0.1 * random.normal()});
    }
    return log;
  };
  EXPECT_TRUE(finds(run(true), "data_not_shuffled"));
  EXPECT_FALSE(finds(run(false), "data_not_shuffled"));
}

TEST(Doctor, ASpikeIsToldAndChangesNothing) {
  RunLog log = steps_of(settles(0.5), 200, 0.05, 2);
  log.steps[120].loss = 50;
  const Verdict verdict = diagnose(log);
  EXPECT_EQ(verdict.name, "spike");
  EXPECT_EQ(verdict.findings[0].from_step, 121);
}

TEST(Doctor, ASaddleNeedsSomethingToBeGained) {
  RunLog log = steps_of([](double) { return 1.0; });
  log.stands = stands_at(State::saddle);
  log.stands->loss = 1;
  log.stands->probe_decrease = 0.2;
  EXPECT_TRUE(finds(log, "saddle"));
  log.stands->probe_decrease = 1e-6;
  EXPECT_FALSE(finds(log, "saddle"));
}

TEST(Doctor, OverfittingNamesTheLowestLossOfTheLog) {
  const auto train = falls(0.01), validation = turns(0.3, 1);
  RunLog log = epochs_of(train, validation, 60);
  for (EpochRecord& record : log.epochs)
    if (record.split == Split::validation && record.epoch == 23) record.loss = 0.99;
  const Verdict verdict = diagnose(log);
  ASSERT_EQ(verdict.name, "overfitting");
  EXPECT_NE(verdict.findings[0].summary.find("epoch 23, 0.99,"), std::string::npos)
      << verdict.findings[0].summary;
}

// What a finding of a run that ended early shows is beyond what it is held against.
TEST(Doctor, UnderfittingShowsWhatItSaw) {
  const auto early = [](double t) { return 0.2 + std::exp(-2.5 * t); };
  int seen = 0;
  for (const double pace : {1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0})
    for (const double noise : {0.0, 0.01, 0.05})
      for (const bool validated : {true, false}) {
        const auto fall = [pace](double t) { return 0.2 + std::exp(-pace * t); };
        RunLog log = validated ? epochs_of(fall, fall, 60, noise) : steps_of(fall, 300, noise, 4);
        for (const Finding& finding : diagnose(log).findings) {
          if (finding.name != "underfitting") continue;
          ASSERT_EQ(finding.evidence.size(), 1U);
          EXPECT_EQ(finding.evidence[0].first, finding.threshold[0].first);
          EXPECT_GT(finding.evidence[0].second, finding.threshold[0].second)
              << finding.summary << " " << finding.evidence[0].first;
          ++seen;
        }
      }
  EXPECT_GE(seen, 10);
  EXPECT_EQ(diagnose(epochs_of(early, early, 12)).findings[0].evidence.size(), 1U);
}

TEST(Doctor, AFewThatAreNotFiniteAreCounted) {
  RunLog log = steps_of(falls(0.1));
  for (const std::size_t step : {19U, 30U, 90U}) log.steps[step].loss = std::nan("");
  const Verdict verdict = diagnose(log);
  EXPECT_EQ(verdict.summary, "The train loss is not finite at 3 of " +
                                 std::to_string(log.steps.size()) + " steps, the first step 20.");
  EXPECT_NE(verdict.findings[0].remedy.find("batches of these steps"), std::string::npos);
}

TEST(Doctor, AnEndThatIsNotFiniteIsNoCount) {
  RunLog log = steps_of(falls(0.1));
  for (std::size_t step = 170; step < 200; ++step) log.steps[step].loss = std::nan("");
  log.steps[19].loss = std::nan("");
  EXPECT_EQ(
      diagnose(log).summary,
      "The train loss is not finite from step 171 on, at 31 of 200 steps, the first step 20.");
  log = steps_of(falls(0.1));
  for (const std::size_t step : {2U, 198U, 199U})
    log.steps[step].gradient_norm = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(finds(log, "not_finite"));
}

// The scaler of a loss in half precision leaves a step out where the gradient is too large.
TEST(Doctor, AGradientThatALossScalerLeavesOutIsHealthy) {
  RunLog log = steps_of(falls(0.1));
  for (const std::size_t step : {0U, 1U, 90U})
    log.steps[step].gradient_norm = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(finds(log, "not_finite"));
  for (std::size_t step = 0; step < log.steps.size(); step += 10)
    log.steps[step].gradient_norm = std::nan("");
  EXPECT_TRUE(finds(log, "not_finite"));
}

}  // namespace
}  // namespace downhill
