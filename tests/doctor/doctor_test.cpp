#include "downhill/doctor/doctor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "downhill/core/error.h"
#include "downhill/doctor/list.h"
#include "downhill/doctor/symptom.h"
#include "tests/doctor/runs.h"

namespace downhill {
namespace {

using namespace sample;

TEST(Doctor, AGoodRunIsHealthyWhereverItStands) {
  for (const State state : {State::minimum, State::saddle, State::descending, State::unknown}) {
    RunLog log = epochs_of(settles(0.1), settles(0.15));
    log.stands = stands_at(state);
    log.stands->loss = 0.1;
    log.end = EndRecord{.reason = Ended::steps_done};
    const Verdict verdict = diagnose(log);
    EXPECT_TRUE(verdict.healthy()) << text_of(state) << ": " << verdict.name;
    EXPECT_EQ(verdict.state, state);
    EXPECT_EQ(verdict.ended, Ended::steps_done);
  }
}

TEST(Doctor, AFlatEndAloneIsNoFinding) {
  EXPECT_EQ(verdict_of(steps_of(settles(0.5))), "healthy");
  EXPECT_EQ(verdict_of(steps_of(settles(0.5), 4000, 0.3, 1)), "healthy");
  EXPECT_EQ(verdict_of(epochs_of(settles(0.5), settles(0.6))), "healthy");
  EXPECT_EQ(verdict_of(steps_of([](double t) { return -1 + 2 * std::exp(-40 * t); })), "healthy");
}

TEST(Doctor, WhatIsNotFiniteIsFoundWhereverItIs) {
  RunLog log = steps_of(falls(0.1));
  log.steps[120].loss = std::nan("");
  const Verdict verdict = diagnose(log);
  EXPECT_EQ(verdict.name, "not_finite");
  EXPECT_EQ(verdict.findings[0].from_step, 121);
  EXPECT_FALSE(verdict.ended.has_value()) << "it went on";
  for (std::size_t step = 120; step < log.steps.size(); ++step) log.steps[step].loss = std::nan("");
  EXPECT_NE(diagnose(log).findings[0].remedy.find("from 0.5 to 0.05"), std::string::npos);
  log = steps_of(falls(0.1));
  log.steps.back().gradient_norm = std::numeric_limits<double>::infinity();
  EXPECT_EQ(verdict_of(log), "not_finite");
}

// shared/cases/14: "the validation loss is not finite from epoch 11 on".
TEST(Doctor, AValidationLossThatIsNotFiniteIsNamed) {
  RunLog log = epochs_of(falls(0.1), falls(0.1), 20);
  for (EpochRecord& record : log.epochs)
    if (record.split == Split::validation && record.epoch >= 11) record.loss = std::nan("");
  const Verdict verdict = diagnose(log);
  EXPECT_EQ(verdict.name, "not_finite");
  EXPECT_EQ(verdict.summary, "The validation loss is not finite from epoch 11 on.");
  EXPECT_FALSE(finds(log, "diverging"));
}

TEST(Doctor, GrowthAboveTheStartIsDiverging) {
  const auto grows = [](double to) {
    return
        [to](double t) { return t < 0.5 ? 1.0 : (t > 0.8 ? to : 1 + (to - 1) * (t - 0.5) / 0.3); };
  };
  EXPECT_EQ(verdict_of(steps_of(explodes(1e6))), "diverging");
  EXPECT_EQ(verdict_of(steps_of(grows(1.25))), "diverging");
  EXPECT_NE(verdict_of(steps_of(grows(1.15))), "diverging");
  EXPECT_EQ(verdict_of(steps_of([](double t) { return -1 + 100 * t * t; })), "diverging");
  const Verdict verdict = diagnose(steps_of(grows(3)));
  EXPECT_NEAR(evidence(verdict.findings[0], "rise_over_start"), 2, 1e-12);
  EXPECT_EQ(verdict.ended, Ended::diverging);
}

// shared/cases/12: batches of one row jump; the means of epochs fall. The weights of the second never
// move at all.
TEST(Doctor, NoiseOfBatchesIsNoDivergence) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed, 3);
    RunLog log;
    for (std::int64_t step = 1; step <= 900; ++step) {
      const double error = random.normal();
      log.steps.push_back({step, (step + 299) / 300, Split::train, error * error});
    }
    EXPECT_FALSE(finds(log, "diverging")) << seed << " by step";
    for (std::int64_t epoch = 1; epoch <= 3; ++epoch)
      log.epochs.push_back({epoch, 300 * epoch, Split::train, 1.0 / static_cast<double>(epoch)});
    EXPECT_FALSE(finds(log, "diverging")) << seed;
  }
}

// shared/cases/10.
TEST(Doctor, AGradientOfExactlyZeroIsADeadNetwork) {
  RunLog log = steps_of([](double) { return 2.3025851; });
  for (StepRecord& record : log.steps) record.gradient_norm = 0;
  const Verdict verdict = diagnose(log);
  EXPECT_EQ(verdict.name, "dead_units");
  EXPECT_NE(verdict.summary.find("exactly zero"), std::string::npos);
  EXPECT_NE(verdict.findings[0].remedy.find("silu"), std::string::npos);
  for (StepRecord& record : log.steps) record.loss = record.step < 100 ? 1.0 : 0.0;
  EXPECT_NE(verdict_of(log), "dead_units") << "nothing is left to learn";
}

// shared/cases/11: 2.0 to 1.96 in a straight line at lr 1e-6.
TEST(Doctor, ALineThatHasHardlyBegunIsTooSmallARate) {
  const Verdict verdict = diagnose(steps_of([](double t) { return 2 - 0.04 * t; }));
  EXPECT_EQ(verdict.name, "lr_too_small");
  EXPECT_NE(verdict.findings[0].remedy.find("raise"), std::string::npos);
}

TEST(Doctor, WhatTheQuadraticModelSeesBeforeItCounts) {
  RunLog log = epochs_of([](double t) { return 2.194 - 0.091 * t; },
                         [](double t) { return 2.2 - 0.09 * t; }, 50);
  log.stands = stands_at(State::descending);
  log.stands->loss = 2.103;
  log.stands->quadratic_decrease = 0.788;
  const Verdict verdict = diagnose(log);
  EXPECT_EQ(verdict.name, "lr_too_small");
  // 0.788 2.103 = 1.6572 of 1.6572 + 0.091.
  EXPECT_NEAR(evidence(verdict.findings[0], "still_before_it"), 1.657164 / 1.748164, 1e-6);
  log.stands->quadratic_decrease = 59.5;  // shared/cases/21: no more than the loss has
  EXPECT_LE(evidence(finding(diagnose(log), "lr_too_small"), "still_before_it"), 1);
  log.end = EndRecord{.reason = Ended::patience, .step = 500, .epoch = 50, .best_epoch = 20};
  for (const Finding& f : diagnose(log).findings)
    for (const auto& [name, value] : f.evidence)
      EXPECT_NE(name, "still_before_it") << "those weights were restored";
  RunLog done = epochs_of(settles(0.01), settles(0.02));
  done.stands = stands_at(State::descending);
  done.stands->loss = 0.01;
  done.stands->quadratic_decrease = 0.9;
  EXPECT_EQ(verdict_of(done), "healthy") << "0.9 of a loss that is 1/200 of the first";
}

TEST(Doctor, OverfittingNearItsThresholds) {
  const auto rises = [](double by) {
    return [by](double t) { return t < 0.4 ? 2 - 2.5 * t : t > 0.8 ? 1 + by : 1; };
  };
  EXPECT_EQ(verdict_of(epochs_of(falls(0.5), rises(0.21))), "overfitting");
  EXPECT_NE(verdict_of(epochs_of(falls(0.5), rises(0.19))), "overfitting");
  EXPECT_NE(verdict_of(epochs_of(turns(0.3, 0.2), rises(0.3))), "overfitting") << "train rises too";
  DoctorOptions options{.thresholds = "overfitting:rise=0.1"};
  EXPECT_EQ(diagnose(epochs_of(falls(0.5), rises(0.19)), options).name, "overfitting");
}

TEST(Doctor, ALuckyBestOfFewValidationRowsIsNotOverfitting) {
  for (std::uint64_t seed = 0; seed < 50; ++seed)
    EXPECT_FALSE(finds(epochs_of(settles(0.05), settles(0.1), 60, 0.2, seed), "overfitting"))
        << seed;
}

TEST(Doctor, ValidationThatNeverFellIsMemorised) {
  const RunLog log = epochs_of(falls(1e-3), [](double t) { return 2.3 + 3 * t; });
  EXPECT_EQ(verdict_of(log), "memorised");
}

TEST(Doctor, AShortRunThatStillFallsIsUnderfitting) {
  const auto wave = [](double t) { return 0.2 + std::exp(-2.5 * t); };
  const Verdict verdict = diagnose(epochs_of(wave, wave, 12));
  EXPECT_EQ(verdict.name, "underfitting");
  EXPECT_NE(verdict.findings[0].remedy.find("--epochs 24"), std::string::npos);
  const auto settled = [](double t) { return 0.2 + std::exp(-8 * t); };
  EXPECT_EQ(verdict_of(epochs_of(settled, settled, 12)), "healthy");
}

TEST(Doctor, ALossThatNeverFellIsAPlateau) {
  const auto flat = [](double) { return 2.3; };
  EXPECT_TRUE(finds(steps_of(flat, 300, 0.02, 4), "plateau"));
  EXPECT_TRUE(finds(epochs_of(flat, flat, 30, 0.001, 1), "no_better_than_constant"));
}

TEST(Doctor, WhatWasGainedAndLostAgainIsTooLargeARate) {
  const RunLog log = epochs_of([](double t) { return t < 0.5 ? 2 - 3 * t : 1.9; },
                               [](double t) { return t < 0.5 ? 2 - 3 * t : 1.9; });
  const Verdict verdict = diagnose(log);
  EXPECT_EQ(verdict.name, "lr_too_large");
  EXPECT_NE(verdict.findings[0].remedy.find("from 0.5 to 0.05"), std::string::npos);
}

TEST(Doctor, WhatTheLogCannotTellIsNotExamined) {
  const auto missing = [](const RunLog& log, const std::string& symptom) {
    const Verdict v = diagnose(log);
    return std::ranges::any_of(v.not_examined, [&](const auto& n) { return n.symptom == symptom; });
  };
  RunLog log;
  add_epochs(log, 20, Split::train, settles(0.1));
  for (const char* symptom :
       {"overfitting", "vanishing_gradients", "exploding_gradients", "saddle"})
    EXPECT_TRUE(missing(log, symptom)) << symptom;
  add_epochs(log, 20, Split::validation, settles(0.1));
  EXPECT_FALSE(missing(log, "overfitting"));
}

TEST(Doctor, RemediesAreTheCommandToRunNext) {
  RunLog log = epochs_of(falls(0.01), turns(0.3, 5));
  log.start.config = {{"data", "a b.csv"},           {"target", "y"},   {"model", "mlp:64"},
                      {"optimizer", "adamw:lr=0.5"}, {"patience", "0"}, {"epochs", "60"}};
  EXPECT_EQ(
      finding(diagnose(log), "overfitting").remedy,
      "downhill train 'a b.csv' --target y --model mlp:64 --optimizer adamw:lr=0.5 --epochs 60 "
      "--patience 10 --out 'run/a b-next'");
  log.start.config[4].second = "10";  // it has that already
  EXPECT_EQ(
      finding(diagnose(log), "overfitting").remedy,
      "downhill train 'a b.csv' --target y --model mlp:64,dropout=0.2 --optimizer adamw:lr=0.5 "
      "--epochs 60 --patience 10 --out 'run/a b-next'");
}

TEST(Doctor, RemediesChangeTheRateOfTheMethodWithin) {
  RunLog log = epochs_of(explodes(50), explodes(50));
  log.start.config = {{"data", "t.csv"},
                      {"target", "y"},
                      {"optimizer", "lookahead:of=(sgd:lr=0.5,momentum=0.9),k=5,alpha=0.5"}};
  const std::string remedy = finding(diagnose(log), "diverging").remedy;
  EXPECT_NE(remedy.find("'lookahead:of=(sgd:lr=0.05,momentum=0.9),k=5,alpha=0.5'"),
            std::string::npos)
      << remedy;
}

TEST(Doctor, RemediesChangeNothingElseOfTheRun) {
  RunLog log = epochs_of(falls(0.01), turns(0.3, 5));
  log.start.config = {{"data", "t.csv"},
                      {"target", "y"},
                      {"optimizer", "clip_by_global_norm:max_norm=1 | adamw:lr=0.5"},
                      {"clip_norm", "1"},
                      {"ignore", "leak,id"},
                      {"weight", "w"},
                      {"split_by_group", "customer"},
                      {"validation", "0.2"},
                      {"validation_file", "later.csv"},
                      {"test", "0.1"},
                      {"drop_missing_target", "true"},
                      {"header", "no"},
                      {"cost_missed", "3"}};
  EXPECT_EQ(finding(diagnose(log), "overfitting").remedy,
            "downhill train t.csv --target y --optimizer 'clip_by_global_norm:max_norm=1 | "
            "adamw:lr=0.5' --patience 10 --cost-missed 3 --ignore leak,id --weight w "
            "--split-by-group customer --validation later.csv --test 0.1 --drop-missing-target "
            "--no-header --out run/t-next");
}

TEST(Doctor, ShortRunsAreNotMisjudged) {
  EXPECT_EQ(verdict_of(RunLog{}), "healthy");
  RunLog log;
  add_epochs(log, 2, Split::train, [](double t) { return t < 0.5 ? 1 : 0.5; });
  EXPECT_NE(diagnose(log).summary.find("too few to judge"), std::string::npos);
}

TEST(Doctor, ThresholdsAreChecked) {
  for (const char* wrong : {"overfiting:rise=1", "overfitting:rice=1", "overfitting:rise=-1"})
    EXPECT_THROW(diagnose(RunLog{}, {.thresholds = wrong}), UsageError) << wrong;
  const Verdict verdict = diagnose(RunLog{}, {.thresholds = "plateau:fallen=0.25 | spike:z=5"});
  const auto has = [&](const char* name, double value) {
    return std::ranges::find(verdict.constants, NamedNumbers::value_type(name, value)) !=
           verdict.constants.end();
  };
  EXPECT_TRUE(has("plateau.fallen", 0.25) && has("spike.z", 5) && has("overfitting.rise", 0.2));
}

TEST(Doctor, EverySymptomHasARuleAndASource) {
  for (const Symptom& symptom : symptoms())
    EXPECT_FALSE(symptom.rule.empty() || symptom.source.empty()) << symptom.name;
}

}  // namespace
}  // namespace downhill
