// Rules of the fourth version: what validation rows show of the steps, of few points, of few rows.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/doctor/runs.h"

namespace downhill {
namespace {

using namespace sample;

/// Steps with noise and validations without.
RunLog steps_and_validations(const Shape1& train, double noise, const Shape1& validation,
                             std::int64_t epochs) {
  RunLog log = steps_of(train, 10 * epochs, noise, 4);
  add_epochs(log, epochs, Split::validation, validation);
  return log;
}

Shape1 constant(double value) {
  return [value](double) { return value; };
}

TEST(DoctorFourthRules, ValidationRowsThatGlideDownByNextToNothing) {
  const auto from = [](double slope) { return [slope](double t) { return 2.3 + slope * t; }; };
  EXPECT_EQ(verdict_of(steps_and_validations(constant(2.3), 0.01, from(-0.002), 12)),
            "lr_too_small");
  EXPECT_FALSE(finds(steps_and_validations(constant(2.3), 0.01, from(0.002), 12), "lr_too_small"));
  const auto settled = [](double t) { return 2.3 - 0.002 * (t > 0.3 ? 1 : t / 0.3); };
  EXPECT_FALSE(finds(steps_and_validations(constant(2.3), 0.01, settled, 12), "lr_too_small"))
      << "a saddle's biases";
}

TEST(DoctorFourthRules, AHighAccuracyBehindALossThatHasHardlyFallen) {
  // Always predicting a class of 0.88 of the rows loses 0.367.
  const auto run = [](double loss, double accuracy) {
    RunLog log = epochs_of(
        constant(2.3), [loss](double t) { return 2.3 - (2.3 - loss) * t; }, 4);
    add_steps(log, 40, [loss](double t) { return 2.3 - (2.3 - loss) * t; });
    set_accuracy(log, [accuracy](double t) { return t < 0.3 ? 0.1 : accuracy; });
    return log;
  };
  EXPECT_TRUE(finds(run(2.0, 0.88), "class_collapse"));
  EXPECT_FALSE(finds(run(2.0, 0.5), "class_collapse"));
  EXPECT_FALSE(finds(run(1.0, 0.88), "class_collapse")) << "much was learnt";
}

TEST(DoctorFourthRules, AFirstStepThatThrewTheLossUp) {
  const auto run = [](double first) {
    RunLog log = steps_of([](double t) { return 0.69 + 5000 * std::exp(-400 * t); }, 250, 0.05, 1);
    log.steps[0].loss = first;
    return log;
  };
  EXPECT_TRUE(finds(run(0.69), "lr_too_large"));
  EXPECT_FALSE(finds(run(6000), "lr_too_large"));
}

TEST(DoctorFourthRules, WhatCameDownToATwentiethWasNotHurt) {
  const auto jumps = [](double end) {
    return [end](double t) { return t == 0 ? 1.0 : end + 9 * std::exp(-30 * t); };
  };
  EXPECT_TRUE(finds(epochs_of(jumps(0.3), jumps(0.3), 60), "lr_too_large"));
  EXPECT_FALSE(finds(epochs_of(jumps(0.01), jumps(0.01), 60), "lr_too_large"));
}

TEST(DoctorFourthRules, AFirstValidationFarAboveTheStart) {
  const auto validation = [](double height) {
    return [height](double t) { return 0.6 + height * std::exp(-60 * t); };
  };
  const auto train = [](double t) { return 0.7 - 0.05 * t; };
  EXPECT_TRUE(finds(epochs_of(train, validation(3), 40), "lr_too_large"));
  EXPECT_FALSE(finds(epochs_of(train, validation(0.3), 40), "lr_too_large"));
}

TEST(DoctorFourthRules, RowsThatAreWrongLoseLogTwoAtLeast) {
  const auto run = [](double accuracy) {
    RunLog log =
        epochs_of([](double t) { return 2 - 1.4 * t; }, [](double t) { return 2.1 - 2.0 * t; }, 30);
    set_accuracy(log, constant(accuracy));
    return log;
  };
  // Of a loss of 0.2 no more than 29 in 100 rows are wrong (the level of the last tenth is 0.17).
  EXPECT_TRUE(finds(run(0.3), "swapped_splits"));
  EXPECT_FALSE(finds(run(0.75), "swapped_splits"));
}

TEST(DoctorFourthRules, ExchangedSplitsBeginAboveTheTrainLoss) {
  const auto train = [](double t) { return 0.8 + 1.5 * std::exp(-40 * t); };
  const auto run = [&](double above) {
    return epochs_of(
        train,
        [above](double t) { return 0.35 + 0.05 * (1 - t) + (1.9 + above) * std::exp(-40 * t); }, 40,
        0.001, 1);
  };
  EXPECT_TRUE(finds(run(0.1), "swapped_splits"));
  EXPECT_FALSE(finds(run(-0.1), "swapped_splits")) << "noise on what comes in, while training";
}

TEST(DoctorFourthRules, NoPlateauWhereValidationRowsFall) {
  const auto falls_to = [](double end) {
    return [end](double t) { return end + (0.66 - end) * std::exp(-20 * t); };
  };
  EXPECT_TRUE(finds(steps_and_validations(constant(0.66), 0.15, falls_to(0.655), 24), "plateau"));
  EXPECT_FALSE(finds(steps_and_validations(constant(0.66), 0.15, falls_to(0.56), 24), "plateau"));
}

TEST(DoctorFourthRules, FewValidationRowsByTheGrainOfTheirAccuracy) {
  const auto run = [](double rows, double change) {
    RunLog log = epochs_of(falls(0.05), turns(0.4, 1.0), 60);
    set_accuracy(log, [=](double t) {
      return std::round(rows * (0.8 + change * t + 0.03 * std::sin(50 * t))) / rows;
    });
    return log;
  };
  EXPECT_TRUE(finds(run(1000, 0.05), "overfitting"));
  EXPECT_FALSE(finds(run(16, 0.1), "overfitting")) << "one row that is wrong and sure";
  EXPECT_TRUE(finds(run(16, -0.3), "overfitting"));
}

TEST(DoctorFourthRules, ALastFallThatTheRateExplains) {
  const auto run = [](const Shape1& rate) {
    RunLog log = steps_and_validations(falls(0.2), 0.05, falls(0.2), 4);
    set_rates(log, rate);
    return log;
  };
  EXPECT_TRUE(finds(run(constant(0.1)), "underfitting"));
  EXPECT_FALSE(finds(run(half_cosine), "underfitting"));
}

TEST(DoctorFourthRules, ABendIsNoNoise) {
  const auto run = [](double noise) {
    RunLog log = epochs_of(settles(0.1), constant(1), 10);
    const double losses[] = {1.4, 1.0, 0.7, 0.48, 0.34, 0.24, 0.14, 0.07, 0.03, 0.015};
    std::size_t at = 0;
    for (EpochRecord& record : log.epochs)
      if (record.split == Split::validation)
        record.loss = losses[at] + noise * (at % 2 == 0 ? 1 : -1), ++at;
    return log;
  };
  EXPECT_FALSE(finds(run(0), "noise_floor"));
  EXPECT_TRUE(finds(run(0.15), "noise_floor"));
}

TEST(DoctorFourthRules, OneNormFarBeyondTheLimit) {
  const auto run = [](double first) {
    RunLog log = steps_of(falls(0.1), 100);
    log.steps[0].gradient_norm = first;
    return log;
  };
  EXPECT_TRUE(finds(run(250), "exploding_gradients"));  // five times 40
  EXPECT_FALSE(finds(run(150), "exploding_gradients"));
}

TEST(DoctorFourthRules, AFirstEpochThatIsGoneAtOnce) {
  const auto run = [](double first) {
    RunLog log;
    add_epochs(log, 30, Split::train, settles(1));
    log.epochs[0].loss = first;
    return log;
  };
  EXPECT_TRUE(finds(run(2e5), "init_loss_off"));
  EXPECT_FALSE(finds(run(20), "init_loss_off")) << "numbers that are not centred";
}

TEST(DoctorFourthRules, AFirstLossThatNoClassifierHasExplainsADivergence) {
  const auto run = [](double first, std::int64_t step) {
    RunLog log = steps_of([](double t) { return t < 0.1 ? 70 + 1e6 * t : NAN; }, 60);
    add_epochs(log, 6, Split::validation, [](double) { return NAN; });
    set_accuracy(log, constant(0.4));
    log.steps[0].loss = first;
    for (StepRecord& record : log.steps) record.step += step - 1;
    return log;
  };
  EXPECT_TRUE(finds(run(70, 1), "init_loss_off"));
  EXPECT_TRUE(finds(run(70, 1), "diverging"));
  EXPECT_FALSE(finds(run(2, 1), "init_loss_off"));
  EXPECT_FALSE(finds(run(70, 10), "init_loss_off")) << "after ten steps";
}

TEST(DoctorFourthRules, SplitsThatAreApartFromTheFirstEpochOn) {
  const auto run = [](double validation) {
    return epochs_of([](double t) { return 0.2 + 2 * std::exp(-8 * t); },
                     [validation](double t) { return 0.1 + validation * std::exp(-8 * t); }, 40);
  };
  EXPECT_TRUE(finds(run(2.5), "swapped_splits"));
  EXPECT_FALSE(finds(run(1.9), "swapped_splits"));
}

TEST(DoctorFourthRules, AWholeFallThatIsNoiseHasNoShares) {
  // Shuffled labels: the train loss creeps down by 2 %, validation rows jump about.
  const auto train = [](double t) { return 1.055 - 0.02 * t; };
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    RunLog log = epochs_of(train, constant(1.06), 35);
    Random random(seed, 2);
    for (EpochRecord& record : log.epochs)
      if (record.split == Split::validation) record.loss += 0.006 * random.normal();
    EXPECT_FALSE(finds(log, "lr_too_small")) << seed;
  }
}

TEST(DoctorFourthRules, SortedRowsWhereEverySecondEpochIsValidated) {
  const auto run = [](bool sorted) {
    Random random(5, 1);
    RunLog log;
    for (std::int64_t step = 1; step <= 400; ++step) {
      const double wave = sorted ? std::sin(0.157 * static_cast<double>((step - 1) % 40)) : 0;
      log.steps.push_back({step, 0, Split::train, 1 + 0.5 * wave + 0.1 * random.normal()});
    }
    for (std::int64_t step = 40; step <= 400; step += 80)
      log.epochs.push_back({.step = step, .split = Split::validation, .loss = 1});
    return log;
  };
  EXPECT_TRUE(finds(run(true), "data_not_shuffled"));
  EXPECT_FALSE(finds(run(false), "data_not_shuffled"));
}

TEST(DoctorFourthRules, NothingIsSaidOfTheUnitsOfARunWithoutOneFiniteLoss) {
  RunLog log = epochs_of(constant(NAN), constant(NAN), 12);
  for (EpochRecord& record : log.epochs)
    record.metrics = {{record.split == Split::train ? "dead" : "accuracy", 0.9}};
  const Verdict verdict = diagnose(log);
  EXPECT_EQ(verdict.findings.size(), 1U);
  EXPECT_EQ(verdict.name, "not_finite");
}

}  // namespace
}  // namespace downhill
