#include "downhill/train/live_doctor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "downhill/losses/list.h"
#include "downhill/optim/sgd.h"
#include "downhill/train/fit.h"
#include "tests/doctor/runs.h"
#include "tests/io/file_support.h"
#include "tests/support/bits.h"
#include "tests/support/points.h"
#include "tests/train/line_model.h"

namespace downhill {
namespace {

using namespace sample;

/// The first epochs of a log, as an observer sees it.
RunLog part_of(const RunLog& log, std::int64_t epoch) { return log_until(log, epoch, 1000000); }

std::vector<std::string> told_over(const RunLog& log, std::int64_t epochs) {
  std::vector<std::string> told;
  LiveDoctor doctor(Live::warn, [&](const Finding& f) { told.push_back(f.name); });
  for (std::int64_t epoch = 1; epoch <= epochs; ++epoch)
    EXPECT_FALSE(doctor.after_epoch(part_of(log, epoch)).has_value());
  return told;
}

TEST(LiveDoctor, TellsAFindingOnceAndGoodRunsNothing) {
  RunLog memorised;
  add_epochs(memorised, 40, Split::train, falls(1e-3));
  add_epochs(memorised, 40, Split::validation, [](double t) { return 2.3 + 9 * t; });
  const auto told = told_over(memorised, 40);
  EXPECT_EQ(std::ranges::count(told, "memorised"), 1);
  EXPECT_LE(std::ranges::count(told, "overfitting"), 1) << "what shows first, by fewer rows";
  EXPECT_LE(told.size(), 2U);
  const RunLog good = epochs_of(settles(0.1), settles(0.15), 40);
  EXPECT_TRUE(told_over(good, 40).empty());
  const RunLog slow = epochs_of(falls(0.5), falls(0.5), 40);  // it still falls: that is for the end
  EXPECT_TRUE(told_over(slow, 40).empty());
}

// What the first epochs seem to say of a slow start is not told before the fifth.
TEST(LiveDoctor, WaitsWithWhatAFewEpochsCannotShow) {
  RunLog flat;
  add_epochs(
      flat, 10, Split::train, [](double) { return 1.0; }, 0.002);
  add_epochs(flat, 10, Split::validation, [](double t) { return 1.0 + 0.01 * t; });
  EXPECT_TRUE(told_over(flat, 4).empty());
  EXPECT_FALSE(told_over(flat, 10).empty());
}

TEST(LiveDoctor, TakesBackWhatTheWholeRunDoesNotShow) {
  RunLog turns_good;
  add_epochs(turns_good, 40, Split::train,
             [](double t) { return t < 0.5 ? 1.0 : 2 - 2 * t + 0.05; });
  add_epochs(turns_good, 40, Split::validation,
             [](double t) { return t < 0.5 ? 1.0 : 2 - 2 * t + 0.06; });
  LiveDoctor doctor(Live::warn);
  for (std::int64_t epoch = 1; epoch <= 40; ++epoch) doctor.after_epoch(part_of(turns_good, epoch));
  Verdict healthy;
  const auto notes = doctor.taken_back(healthy);
  ASSERT_FALSE(notes.empty()) << "a flat half is told";
  EXPECT_NE(notes[0].find("is no finding of the whole run, whose verdict is healthy"),
            std::string::npos)
      << notes[0];
  Verdict all = healthy;
  for (const std::string& note : notes)
    all.findings.push_back({.name = note.substr(0, note.find(','))});
  EXPECT_TRUE(doctor.taken_back(all).empty());
}

TEST(LiveDoctor, EndsWhatIsHopelessAndNothingElse) {
  const auto ends_at = [](const RunLog& log) -> std::optional<std::pair<std::int64_t, Stop>> {
    LiveDoctor doctor(Live::stop);
    for (std::int64_t epoch = 1; epoch <= 40; ++epoch)
      if (auto stop = doctor.after_epoch(part_of(log, epoch))) return std::pair(epoch, *stop);
    return {};
  };
  const RunLog grows =
      epochs_of([](double t) { return 1 + 20 * t; }, [](double t) { return 1 + 20 * t; }, 40);
  const auto end = ends_at(grows);
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->second.ended, Ended::diverging);
  EXPECT_NE(end->second.message.find("diverging"), std::string::npos);
  EXPECT_LT(end->first, 20);
  const auto memorised = ends_at(epochs_of(
      falls(1e-3), [](double t) { return 2.3 + 9 * t; }, 40));
  ASSERT_TRUE(memorised.has_value());
  EXPECT_EQ(memorised->second.ended, Ended::target_reached) << "no failure: exit code 0";
  EXPECT_FALSE(ends_at(epochs_of(settles(0.1), settles(0.15), 40)).has_value());
}

// A first loss that is too high is told, but the run has left it behind.
TEST(LiveDoctor, WhatIsNotHopelessOnlyWarns) {
  EXPECT_TRUE(is_hopeless("diverging"));
  EXPECT_TRUE(is_hopeless("not_finite"));
  EXPECT_FALSE(is_hopeless("init_loss_off"));
  EXPECT_FALSE(is_hopeless("underfitting"));
  EXPECT_FALSE(is_hopeless("no such symptom"));
}

TEST(LiveDoctor, LooksAtEveryEpochFirstAndThenRarely) {
  for (std::int64_t epoch = 1; epoch <= 20; ++epoch) EXPECT_TRUE(looks_after(epoch));
  EXPECT_FALSE(looks_after(21));
  EXPECT_TRUE(looks_after(22));
  std::int64_t looks = 0;
  for (std::int64_t epoch = 1; epoch <= 100000; ++epoch) looks += looks_after(epoch);
  EXPECT_LT(looks, 300) << "an epoch may be milliseconds";
}

TEST(LiveDoctor, ItsLogEndsWithTheEpochAndIsThinned) {
  RunLog log;
  for (std::int64_t step = 1; step <= 10000; ++step)
    log.steps.push_back({step, (step + 999) / 1000, Split::train, 1.0});
  add_epochs(log, 10, Split::train, falls(0.1));
  const RunLog part = log_until(log, 4);
  EXPECT_EQ(part.epochs.size(), 4U);
  EXPECT_LE(part.steps.back().epoch, 4);
  EXPECT_GT(part.steps.back().step, 3980);
  EXPECT_LE(part.steps.size(), 216U);
  EXPECT_EQ(part.steps[15].step, 16) << "the first steps are whole";
}

Dataset line_data() {
  const Tensor x = points({64, 2}, 1, -1, 1, Type::f32);
  return Dataset(x, line_of(x));
}

// One layer on squares of inputs within 1: a rate of 3 is too large from the first step on.
FitResult diverging_run(nn::Sequential& model, Live mode, bool keep_good,
                        const Dataset* validation = nullptr) {
  Optimizer optimizer(SGD{.lr = 1.6}, model.parameters());
  FitOptions options = quick(60);
  options.observers = {std::make_shared<LiveDoctor>(mode)};
  options.keep_good = keep_good;
  const Dataset rows = line_data();
  return fit(model, optimizer, MSE{}, rows, validation, options);
}

TEST(LiveDoctor, ADivergingRunEndsWithTheLastGoodWeights) {
  auto model = one_layer();
  const FitResult stopped = diverging_run(model, Live::stop, true);
  ASSERT_EQ(stopped.ended, Ended::diverging) << stopped.verdict.name;
  EXPECT_LT(stopped.epochs, 30);
  ASSERT_TRUE(stopped.best_epoch.has_value());
  double lowest = stopped.log.epochs[0].loss;
  std::int64_t at = 1;
  for (const EpochRecord& record : stopped.log.epochs)
    if (record.loss < lowest) lowest = record.loss, at = record.epoch;
  EXPECT_EQ(*stopped.best_epoch, at);
  auto other = one_layer();
  const FitResult spoilt = diverging_run(other, Live::stop, false);
  EXPECT_FALSE(spoilt.best_epoch.has_value());
  EXPECT_LT(stopped.train_loss, spoilt.train_loss);
  EXPECT_FALSE(stopped.validation_loss.has_value());
}

TEST(LiveDoctor, WithValidationRowsTheBestEpochIsDelivered) {
  auto model = one_layer();
  const Dataset rows = line_data();
  const FitResult result = diverging_run(model, Live::stop, true, &rows);
  EXPECT_EQ(result.ended, Ended::diverging);
  ASSERT_TRUE(result.validation_loss.has_value());
  EXPECT_NEAR(result.train_loss, *result.validation_loss, 1e-6 * *result.validation_loss);
}

// A run that does all its steps delivers its last weights, kept ones or not; to watch moves no bit.
TEST(LiveDoctor, ARunThatIsNotEndedIsTheSameBitForBit) {
  const auto trained = [](Live mode, bool keep_good) {
    auto model = one_layer();
    Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
    FitOptions options = quick(25);
    if (mode != Live::off) options.observers = {std::make_shared<LiveDoctor>(mode)};
    options.keep_good = keep_good;
    EXPECT_FALSE(fit(model, optimizer, MSE{}, line_data(), nullptr, options).best_epoch);
    std::vector<std::pair<std::string, Tensor>> state;
    for (const Parameter& p : model.state()) state.emplace_back(p.name, p.tensor.clone());
    return state;
  };
  const auto alone = trained(Live::off, false);
  EXPECT_TRUE(same_bits(alone, trained(Live::warn, false)));
  EXPECT_TRUE(same_bits(alone, trained(Live::stop, true)));
}

// The checkpoint names no doctor: it may come and go between the parts of a run.
TEST(LiveDoctor, AResumedRunMayBeWatchedOrNot) {
  const testing_files::Directory folder;
  auto model = one_layer();
  Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
  FitOptions options = quick(4);
  options.out = folder.path() / "run";
  options.observers = {std::make_shared<LiveDoctor>(Live::warn)};
  fit(model, optimizer, MSE{}, line_data(), nullptr, options);
  options.epochs = 8;
  options.resume = true;
  options.observers = {};
  auto again = one_layer();
  Optimizer other(SGD{.lr = 0.1}, again.parameters());
  EXPECT_EQ(fit(again, other, MSE{}, line_data(), nullptr, options).epochs, 8);
}

}  // namespace
}  // namespace downhill
