#include "downhill/doctor/doctor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <set>

#include "downhill/core/error.h"
#include "downhill/doctor/symptom.h"
#include "tests/doctor/runs.h"

namespace downhill {
namespace {

using namespace sample;

std::string verdict_of(const RunLog& log) { return diagnose(log).name; }

bool mentions(const std::vector<std::string>& list, const std::string& text) {
  return std::any_of(list.begin(), list.end(),
                     [&](const auto& line) { return line.find(text) != std::string::npos; });
}

bool mentions(const std::vector<Evidence>& list, const std::string& text) {
  return std::any_of(list.begin(), list.end(),
                     [&](const auto& fact) { return fact.what.find(text) != std::string::npos; });
}

RunLog steps_of(const Shape1& loss, std::int64_t count = 200, double noise = 0,
                std::uint64_t seed = 0) {
  RunLog log;
  add_steps(log, count, loss, noise, seed);
  return log;
}

RunLog epochs_of(const Shape1& train, const Shape1& validation, std::int64_t count = 60,
                 double noise = 0, std::uint64_t seed = 0) {
  RunLog log;
  add_epochs(log, count, "train", train, noise, seed);
  add_epochs(log, count, "validation", validation, noise, seed);
  return log;
}

TEST(Doctor, NonFiniteLossIsDiverging) {
  RunLog log = steps_of(falls(0.1));
  log.steps[120].loss = std::nan("");
  const Verdict verdict = diagnose(log);
  EXPECT_EQ(verdict.name, "diverging");
  EXPECT_NE(verdict.summary.find("step 121"), std::string::npos) << verdict.summary;
  EXPECT_TRUE(mentions(verdict.remedies, "lr 0.5 -> 0.05"));
  EXPECT_TRUE(mentions(verdict.remedies, "clip gradients at norm 1"));
}

TEST(Doctor, NonFiniteGradientOrEndIsDiverging) {
  RunLog log = steps_of(falls(0.1));
  log.steps.back().gradient_norm = std::numeric_limits<double>::infinity();
  EXPECT_EQ(verdict_of(log), "diverging");
  log = steps_of(falls(0.1));
  log.end = EndRecord{"non-finite loss", "log of 0 in bce", 200, 1, 1, {}, {}};
  const Verdict verdict = diagnose(log);
  EXPECT_EQ(verdict.name, "diverging");
  EXPECT_TRUE(mentions(verdict.evidence, "log of 0 in bce"));
}

TEST(Doctor, GrowthIsDivergingAboveFourTimesTheBestOnly) {
  EXPECT_EQ(verdict_of(steps_of(explodes(1e6))), "diverging");
  const auto grows = [](double to) {  // 1, then the level `to` for the last fifth
    return
        [to](double t) { return t < 0.5 ? 1.0 : (t > 0.8 ? to : 1 + (to - 1) * (t - 0.5) / 0.3); };
  };
  EXPECT_EQ(verdict_of(steps_of(grows(4.05))), "diverging");
  EXPECT_NE(verdict_of(steps_of(grows(3.95))), "diverging");
  // Above 4 times the best, but below the start: not diverging.
  EXPECT_NE(verdict_of(steps_of([](double t) { return t < 0.2   ? 10
                                                      : t < 0.6 ? 1
                                                                : 8.0; })),
            "diverging");
}

TEST(Doctor, ANegativeLossIsHeldAgainstItsRange) {
  EXPECT_EQ(verdict_of(steps_of([](double t) { return -1 + 100 * t * t; })), "diverging");
  EXPECT_EQ(verdict_of(steps_of([](double t) { return 1 - 3 * t; })), "underfitting");
  EXPECT_EQ(verdict_of(steps_of([](double t) { return -1 + 2 * std::exp(-40 * t); })), "plateau");
}

TEST(Doctor, RisingValidationWithFallingTrainIsOverfitting) {
  const Verdict verdict = diagnose(epochs_of(falls(0.01), turns(0.3, 0.2)));
  EXPECT_EQ(verdict.name, "overfitting");
  EXPECT_TRUE(mentions(verdict.remedies, "stop at epoch 18")) << verdict.remedies.front();
  EXPECT_TRUE(mentions(verdict.evidence, "above its best"));
  EXPECT_FALSE(mentions(verdict.evidence, "memorised"));
}

TEST(Doctor, OverfittingNearItsThreshold) {
  const auto rises = [](double percent) {
    return [percent](double t) { return t < 0.5 ? 2 - 2 * t : t > 0.8 ? 1 + percent / 100 : 1; };
  };
  EXPECT_EQ(verdict_of(epochs_of(falls(0.5), rises(2.2))), "overfitting");
  EXPECT_NE(verdict_of(epochs_of(falls(0.5), rises(1.8))), "overfitting");
  DoctorOptions options;
  options.overfit_gl = 1.5;
  EXPECT_EQ(diagnose(epochs_of(falls(0.5), rises(1.8)), options).name, "overfitting");
  options.overfit_patience = 1000;  // more validations than there are
  EXPECT_NE(diagnose(epochs_of(falls(0.5), rises(2.2)), options).name, "overfitting");
}

TEST(Doctor, MemorisedDataAreNamed) {
  const Verdict verdict = diagnose(epochs_of(falls(1e-5), turns(0.3, 1)));
  EXPECT_EQ(verdict.name, "overfitting");
  EXPECT_NE(verdict.summary.find("memorised"), std::string::npos);
}

TEST(Doctor, ZeroLossAloneIsNoOverfitting) {
  const Verdict verdict = diagnose(epochs_of(falls(1e-12), falls(1e-12)));
  EXPECT_NE(verdict.name, "overfitting");
  // Rounding noise around zero is no rise either.
  EXPECT_NE(verdict_of(epochs_of(
                falls(1e-28),
                [](double t) { return t < 0.5 ? std::pow(1e-28, 2 * t) : 1e-28 * (1 + 100 * t); })),
            "overfitting");
}

TEST(Doctor, ARisingTrainLossIsNotOverfitting) {
  EXPECT_NE(verdict_of(epochs_of(turns(0.3, 0.2), turns(0.3, 0.2))), "overfitting");
}

TEST(Doctor, RestoredWeightsAreMentioned) {
  RunLog log = epochs_of(falls(0.01), turns(0.3, 0.2));
  log.end = EndRecord{"early stopping", "", 600, 60, 1, 18, 1.0};
  EXPECT_TRUE(mentions(diagnose(log).remedies, "epoch 18 were restored"));
}

TEST(Doctor, StillFallingIsUnderfitting) {
  const Verdict verdict = diagnose(epochs_of(falls(0.1), falls(0.2)));
  EXPECT_EQ(verdict.name, "underfitting");
  EXPECT_TRUE(mentions(verdict.remedies, "epochs 60 -> 120"));
  EXPECT_TRUE(mentions(verdict.remedies, "lr 0.5 -> 1.5"));
  EXPECT_EQ(verdict_of(steps_of(falls(0.1))), "underfitting");
}

TEST(Doctor, UnderfittingNearItsThreshold) {
  // A tenth of the run is 20 of 200 points: 19 intervals of 199.
  const auto by = [](double fall) {
    return [fall](double t) { return std::pow(1 - fall, t * 199 / 19); };
  };
  EXPECT_EQ(verdict_of(steps_of(by(0.0105))), "underfitting");
  EXPECT_EQ(verdict_of(steps_of(by(0.0095))), "healthy");
  EXPECT_EQ(verdict_of(steps_of(by(0.0011))), "healthy");
  EXPECT_EQ(verdict_of(steps_of(by(0.0009))), "plateau");
}

TEST(Doctor, StandsDecideBetweenSaddleMinimumAndPlateau) {
  for (const char* what : {"saddle", "minimum"}) {
    RunLog log = steps_of(settles(0.5));
    log.stands = stands_at(what);
    const Verdict verdict = diagnose(log);
    EXPECT_EQ(verdict.name, what);
    EXPECT_TRUE(mentions(verdict.evidence, "hn, the smallest eigenvalue"));
    EXPECT_EQ(verdict.summary.find("global"), std::string::npos);
  }
  RunLog log = steps_of(settles(0.5));
  log.stands = stands_at("descending");
  EXPECT_EQ(verdict_of(log), "plateau");
  EXPECT_TRUE(mentions(diagnose(log).remedies, "lbfgs"));
  log.stands = {};
  EXPECT_EQ(verdict_of(log), "plateau");
  EXPECT_TRUE(mentions(diagnose(log).evidence, "was not measured"));
}

TEST(Doctor, AMovingRunIsAtNoMinimum) {
  RunLog log = steps_of(falls(0.1));
  log.stands = stands_at("minimum");
  EXPECT_EQ(verdict_of(log), "underfitting");
  log = steps_of(settles(0.5));
  log.stands = stands_at("minimum");
  log.stands->converged = false;
  EXPECT_EQ(verdict_of(log), "plateau");
}

TEST(Doctor, APlateauHasItsReason) {
  RunLog log = steps_of(settles(0.5));
  EXPECT_NE(diagnose(log).summary.find("gradient is still 100 %"), std::string::npos);
  for (std::size_t i = 0; i < log.steps.size(); ++i) log.steps[i].lr = i < 150 ? 0.5 : 1e-5;
  EXPECT_NE(diagnose(log).summary.find("schedule took lr from 0.5 to 1e-05"), std::string::npos);
  const Verdict noisy = diagnose(steps_of([](double) { return 1.0; }, 2000, 0.3, 3));
  EXPECT_EQ(noisy.name, "plateau");
  EXPECT_TRUE(mentions(noisy.remedies, "lr 0.5 -> 0.05"));
  const Verdict rising = diagnose(steps_of([](double t) { return t < 0.7 ? 1 : 1 + t; }));
  EXPECT_NE(rising.summary.find("rises"), std::string::npos) << rising.summary;
}

TEST(Doctor, ALossThatNeverFellIsNotHealthy) {
  RunLog log;
  for (const double loss : {0.698, 0.76, 0.69, 0.72, 0.80, 0.7085}) {
    StepRecord record;
    record.step = static_cast<std::int64_t>(log.steps.size()) + 1;
    record.loss = loss;
    record.lr = 0.5;
    log.steps.push_back(record);
  }
  const Verdict verdict = diagnose(log);
  EXPECT_EQ(verdict.name, "plateau");
  EXPECT_TRUE(mentions(verdict.remedies, "a batch 4 times as large"));
}

TEST(Doctor, NoiseDoesNotChangeTheVerdict) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    EXPECT_EQ(verdict_of(steps_of(falls(0.05), 4000, 0.1, seed)), "underfitting") << seed;
    EXPECT_EQ(verdict_of(steps_of(explodes(100), 4000, 0.3, seed)), "diverging") << seed;
    EXPECT_EQ(verdict_of(epochs_of(falls(0.05), turns(0.3, 1), 60, 0.01, seed)), "overfitting");
    const auto flat = verdict_of(epochs_of(falls(0.9), settles(0.5), 60, 0.03, seed));
    EXPECT_NE(flat, "overfitting") << seed;
    EXPECT_NE(flat, "diverging") << seed;
    RunLog still = steps_of(settles(0.5), 20000, 0.1, seed);
    EXPECT_NE(verdict_of(still), "underfitting") << seed;
    EXPECT_NE(verdict_of(still), "diverging") << seed;
  }
}

TEST(Doctor, OneSpikeChangesNothing) {
  RunLog log = steps_of(falls(0.1));
  log.steps[195].loss = 1e9;
  log.steps[10].loss = 1e-9;
  EXPECT_EQ(verdict_of(log), "underfitting");
}

TEST(Doctor, ShortRunsAreNotMisjudged) {
  EXPECT_EQ(verdict_of(RunLog{}), "healthy");
  for (const double second : {0.1, 1.0, 10.0}) {
    RunLog log;
    add_epochs(log, 2, "train", [&](double t) { return t < 0.5 ? 1 : second; });
    add_epochs(log, 2, "validation", [&](double t) { return t < 0.5 ? 1 : second; });
    const Verdict verdict = diagnose(log);
    EXPECT_EQ(verdict.name, "healthy");
    EXPECT_TRUE(mentions(verdict.evidence, "too short to judge"));
  }
}

TEST(Doctor, AllSymptomsThatFiredAndAllConstantsAreTold) {
  const Verdict verdict = diagnose(epochs_of(explodes(1e6), explodes(1e6)));
  ASSERT_FALSE(verdict.symptoms.empty());
  EXPECT_EQ(verdict.symptoms.front().name, verdict.name);
  EXPECT_EQ(verdict.constants.size(), DoctorOptions::options().size());
  EXPECT_EQ(verdict.constants.at(0), (std::pair<std::string, double>("last_fraction", 0.1)));
}

TEST(Doctor, OptionsAreChecked) {
  DoctorOptions options;
  options.last_fraction = 2;
  EXPECT_THROW(diagnose(RunLog{}, options), UsageError);
}

TEST(Doctor, TheListHoldsEverySymptomOfTheFolder) {
  const auto folder = std::filesystem::path(DOWNHILL_SOURCE_DIR) / "downhill" / "doctor";
  std::set<std::string> listed,
      shared = {"curve", "doctor", "examination", "list", "options", "stationary", "symptom"};
  for (const Symptom& symptom : symptoms()) {
    EXPECT_FALSE(symptom.rule.empty());
    listed.insert(symptom.name);
  }
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".h" || shared.contains(file.path().stem().string())) continue;
    EXPECT_TRUE(listed.contains(file.path().stem().string())) << file.path();
  }
  EXPECT_EQ(listed.size(), symptoms().size());
  const std::vector<std::string> order = {"diverging", "overfitting", "underfitting", "saddle",
                                          "minimum",   "plateau",     "healthy"};
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(symptoms().at(i).name, order[i]);
}

}  // namespace
}  // namespace downhill
