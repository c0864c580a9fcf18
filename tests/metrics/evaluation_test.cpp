#include "downhill/metrics/evaluation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/core/parallel.h"
#include "downhill/core/random.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

using Numbers = std::vector<double>;

double of(const NamedNumbers& figures, const std::string& name) {
  const auto found = std::ranges::find(figures, name, &NamedNumbers::value_type::first);
  EXPECT_NE(found, figures.end()) << name;
  return found == figures.end() ? std::nan("") : found->second;
}

Interval of(const std::vector<Interval>& intervals, const std::string& name) {
  const auto found = std::ranges::find(intervals, name, &Interval::name);
  EXPECT_NE(found, intervals.end()) << name;
  return found == intervals.end() ? Interval{} : *found;
}

/// Two classes: p uniform, the label 1 with probability p; every `one_in`-th is wrong instead.
struct Sample {
  Sample(std::size_t rows, std::uint64_t seed) {
    Random random(seed);
    for (std::size_t i = 0; i < rows; ++i) {
      const double p = random.uniform();
      probabilities.insert(probabilities.end(), {1 - p, p});
      labels.push_back(random.uniform() < p ? 1 : 0);
      targets.push_back(10 * random.normal());
      predictions.push_back(targets.back() + 2 * random.normal());
    }
  }
  ClassRows classes() const {
    return {.classes = 2, .probabilities = probabilities, .labels = labels};
  }
  NumberRows numbers() const { return {.predictions = predictions, .targets = targets}; }

  Numbers probabilities, targets, predictions;
  std::vector<std::int64_t> labels;
};

const Numbers kHalf = {0.5, 0.5};

TEST(Evaluation, AWeightIsARowThatIsThereSoOften) {
  const Sample sample(40, 1);
  Numbers weights, probabilities, predictions, targets;
  std::vector<std::int64_t> labels;
  for (std::size_t i = 0; i < 40; ++i) {
    weights.push_back(static_cast<double>(i * 7 % 4));
    for (std::size_t times = 0; times < i * 7 % 4; ++times) {
      probabilities.insert(probabilities.end(),
                           {sample.probabilities[2 * i], sample.probabilities[2 * i + 1]});
      labels.push_back(sample.labels[i]);
      predictions.push_back(sample.predictions[i]);
      targets.push_back(sample.targets[i]);
    }
  }
  ClassRows weighted = sample.classes();
  weighted.weights = weights;
  const Figures once = class_metrics(weighted);
  EXPECT_EQ(once.metrics.size(), 8U);
  for (const auto& [name, value] :
       class_metrics({.classes = 2, .probabilities = probabilities, .labels = labels}).metrics)
    EXPECT_NEAR(of(once.metrics, name), value, 1e-13) << name;
  const Figures numbers = number_metrics({sample.predictions, sample.targets, weights});
  EXPECT_EQ(numbers.metrics.size(), 4U);
  for (const auto& [name, value] : number_metrics({predictions, targets}).metrics)
    EXPECT_NEAR(of(numbers.metrics, name), value, 1e-13) << name;
}

// Of 1,000 rows at accuracy a the standard error is sqrt(a (1 - a) / 1000); of a mean absolute error
// it is sd(|e|) / sqrt(1000). 1,000 samples know a 2.5 % quantile to about 0.1 standard errors.
TEST(Evaluation, IntervalsHaveTheWidthOfTheStandardError) {
  const Sample sample(1000, 2);
  const Evaluation e = evaluate_classes(sample.classes(), kHalf);
  const double a = of(e.metrics, "accuracy"), error = std::sqrt(a * (1 - a) / 1000);
  EXPECT_NEAR(of(e.intervals, "accuracy").low, a - 1.96 * error, 0.3 * error);
  EXPECT_NEAR(of(e.intervals, "accuracy").high, a + 1.96 * error, 0.3 * error);
  const Evaluation n = evaluate_numbers(sample.numbers(), 0);
  double mean = 0, squares = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    const double size = std::abs(sample.predictions[i] - sample.targets[i]);
    mean += size / 1000, squares += size * size / 1000;
  }
  const double deviation = std::sqrt((squares - mean * mean) / 1000);
  EXPECT_NEAR(of(n.metrics, "mae"), mean, 1e-12);
  EXPECT_NEAR(of(n.intervals, "mae").low, mean - 1.96 * deviation, 0.3 * deviation);
  EXPECT_NEAR(of(n.intervals, "mae").high, mean + 1.96 * deviation, 0.3 * deviation);
}

TEST(Evaluation, AnIntervalHoldsTheTruthInNineteenOfTwenty) {
  int held = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Sample sample(100, 100 + seed);
    const Interval mae =
        of(evaluate_numbers(sample.numbers(), 0, {.seed = seed, .samples = 400}).intervals, "mae");
    const double truth = 2 * std::sqrt(2 / 3.14159265358979323846);  // of a normal with deviation 2
    held += mae.low <= truth && truth <= mae.high ? 1 : 0;
  }
  EXPECT_GE(held, 180);  // 190 expected, standard deviation 3.1
  EXPECT_LE(held, 199);
}

// Of what is well calibrated every sample is worse, on average by what drawing adds.
TEST(Evaluation, TheIntervalOfTheCalibrationErrorHoldsItsFigure) {
  for (const std::size_t rows : {60, 300, 3000})
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const Sample sample(rows, 300 + seed);
      const Evaluation all = evaluate_classes(sample.classes(), std::vector<double>{0.5, 0.5},
                                              {.seed = seed, .samples = 300});
      const Interval ece = of(all.intervals, "ece");
      const double figure = of(all.metrics, "ece");
      EXPECT_LE(ece.low, figure) << rows;
      EXPECT_GE(ece.high, figure) << rows;
      EXPECT_GE(ece.low, 0);
    }
}

TEST(Evaluation, BeyondTheMostRowsTheIntervalIsScaled) {
  const Sample sample(4000, 3);
  const Interval whole = of(evaluate_classes(sample.classes(), kHalf).intervals, "auc");
  const Interval part =
      of(evaluate_classes(sample.classes(), kHalf, {.most_rows = 1000}).intervals, "auc");
  const double auc = of(class_metrics(sample.classes()).metrics, "auc");
  EXPECT_LT(part.low, auc);
  EXPECT_GT(part.high, auc);
  EXPECT_NEAR((part.high - part.low) / (whole.high - whole.low), 1, 0.15);
}

TEST(Evaluation, TheSameBitsForEveryNumberOfThreads) {
  const Sample sample(3000, 4);
  const int before = threads();
  std::vector<Interval> first;
  for (const int count : {1, 2, 3, 7}) {
    set_threads(count);
    const auto now =
        evaluate_classes(sample.classes(), kHalf, {.seed = 5, .most_rows = 2000}).intervals;
    if (first.empty()) first = now;
    for (std::size_t i = 0; i < now.size(); ++i) {
      EXPECT_EQ(now[i].low, first[i].low) << now[i].name;
      EXPECT_EQ(now[i].high, first[i].high) << now[i].name;
    }
  }
  set_threads(before);
  EXPECT_EQ(first.size(), 8U);
  EXPECT_NE(first[0].low, evaluate_classes(sample.classes(), kHalf, {.seed = 6}).intervals[0].low);
}

TEST(Evaluation, TheBaselineIsTheConstantsFigures) {
  const Numbers p = {0.9, 0.1, 0.2, 0.8, 0.6, 0.4, 0.3, 0.7};
  const std::vector<std::int64_t> labels = {0, 1, 0, 0};
  const Numbers shares = {0.75, 0.25};
  const Evaluation e =
      evaluate_classes({.classes = 2, .probabilities = p, .labels = labels}, shares);
  EXPECT_DOUBLE_EQ(of(e.baseline, "accuracy"), 0.75);
  EXPECT_DOUBLE_EQ(of(e.baseline, "balanced_accuracy"), 0.5);
  EXPECT_DOUBLE_EQ(of(e.baseline, "auc"), 0.5);
  EXPECT_DOUBLE_EQ(of(e.baseline, "average_precision"), 0.25);
  EXPECT_DOUBLE_EQ(of(e.baseline, "log_loss"), -(3 * std::log(0.75) + std::log(0.25)) / 4);
  EXPECT_EQ(e.error_rates->missed, 0.0);
  EXPECT_DOUBLE_EQ(*e.error_rates->false_alarms, 1.0 / 3);
  const auto worse = not_better(e.metrics, e.baseline);
  EXPECT_EQ(worse, (std::vector<std::string>{"accuracy"}));
  const Numbers y = {1, 2, 6}, same = {3, 3, 3};
  const Evaluation n = evaluate_numbers({same, y}, 3);
  EXPECT_EQ(n.metrics, n.baseline);
  EXPECT_DOUBLE_EQ(of(n.baseline, "r2"), 0);
  EXPECT_EQ(not_better(n.metrics, n.baseline).size(), 4U);
}

TEST(Evaluation, WhatIsNotDefinedIsNamedWithAReason) {
  const Sample sample(30, 6);
  ClassRows rows = sample.classes();
  const std::vector<std::int64_t> ones(30, 1);
  rows.labels = ones;
  const Evaluation e = evaluate_classes(rows, kHalf);
  ASSERT_EQ(e.undefined.size(), 2U);
  EXPECT_EQ(e.undefined[0].name, "auc");
  EXPECT_EQ(e.undefined[0].reason, "the rows are of one class");
  EXPECT_EQ(e.metrics.size(), 6U);
  EXPECT_EQ(e.intervals.size(), 6U);
  EXPECT_FALSE(e.error_rates->false_alarms.has_value());
  EXPECT_EQ(class_metrics({.classes = 3, .probabilities = {}, .labels = {}}).undefined.size(), 4U);
  const Numbers constant(5, 0.1), p = {1, 2, 3, 4, 5}, none(5, 0.0);
  EXPECT_EQ(number_metrics({p, constant}).undefined.at(0).reason, "the target does not vary");
  EXPECT_EQ(evaluate_numbers({p, constant, none}, 0).undefined.size(), 4U);
}

// 2 of 30 rows: 13 % of the samples have none of them. One row says nothing of others.
TEST(Evaluation, SamplesThatDoNotDefineAMetricAreLeftOut) {
  const Sample sample(30, 7);
  std::vector<std::int64_t> few(30, 0);
  few[3] = few[17] = 1;
  ClassRows rows = sample.classes();
  rows.labels = few;
  EXPECT_LE(of(evaluate_classes(rows, kHalf).intervals, "auc").high, 1);
  const Numbers p = {1}, y = {2};
  const Evaluation one = evaluate_numbers({p, y}, 0);
  EXPECT_EQ(one.undefined.at(0).name, "r2");
  EXPECT_EQ(of(one.metrics, "mae"), 1);
  EXPECT_TRUE(one.intervals.empty());
  const Numbers two = {1, 1}, of_two = {2, 3};
  EXPECT_EQ(of(evaluate_numbers({two, of_two}, 0).intervals, "mae").low, 1);
}

TEST(Evaluation, LargeNumbersDoNotOverflow) {
  const Numbers y = {1e308, -1e308, 0.5e308}, p = {0.9e308, -0.9e308, 0.4e308};
  const Figures f = number_metrics({p, y});
  EXPECT_NEAR(of(f.metrics, "rmse") / 1e307, 1, 1e-12);
  EXPECT_NEAR(of(f.metrics, "mae") / 1e307, 1, 1e-12);
  // 1 - 3 0.1^2 / (sum of (y - mean)^2 with y = 1, -1, 0.5 and mean 1/6)
  EXPECT_NEAR(of(f.metrics, "r2"), 1 - 0.03 / (2.25 - 0.25 / 3), 1e-12);
  const Numbers tiny = {1e-300, 3e-300}, off = {2e-300, 2e-300};
  EXPECT_NEAR(of(number_metrics({off, tiny}).metrics, "rmse") / 1e-300, 1, 1e-12);
}

TEST(Evaluation, WrongRowsAreRefusedByName) {
  const Numbers p = {0.5, 0.5, 0.25, 0.75}, nan = {0.5, 0.5, std::nan(""), 1}, w = {1, -1};
  const std::vector<std::int64_t> labels = {0, 1}, wrong = {0, 2};
  const auto rows = [&](const Numbers& probabilities, const std::vector<std::int64_t>& of_rows) {
    return ClassRows{.classes = 2, .probabilities = probabilities, .labels = of_rows};
  };
  expect_error<DataError>([&] { class_metrics(rows(nan, labels)); }, "row 2 is nan");
  expect_error<DataError>([&] { class_metrics(rows(p, wrong)); }, "label of row 2 is 2");
  ClassRows negative = rows(p, labels);
  negative.weights = w;
  expect_error<DataError>([&] { confusion_matrix(negative); }, "weight of row 2 is -1");
  expect_error<UsageError>(
      [&] { class_metrics({.classes = 3, .probabilities = p, .labels = labels}); },
      "4 probabilities for 2 labels");
  const Numbers three = {1, 2, 3};
  expect_error<UsageError>([&] { number_metrics({three, p}); }, "3 predictions for 4");
  expect_error<DataError>([&] { number_metrics({p, nan}); }, "target of row 3");
  expect_error<UsageError>([&] { evaluate_numbers({p, p}, 0, {.samples = 0}); }, "samples is 0");
}

}  // namespace
}  // namespace downhill
