// Runs that end in numbers that are not finite, or diverge.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "downhill/losses/list.h"
#include "downhill/nn/sequential.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/optim/list.h"
#include "downhill/runlog/reader.h"
#include "downhill/train/files.h"
#include "downhill/train/fit.h"
#include "tests/support/bits.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"
#include "tests/train/line_model.h"

namespace downhill {
namespace {

/// Runs with a loss that calls `break_it` at one step, and expects it to be blamed.
template <class BreakIt>
FitResult run_broken(nn::Sequential& model, const Dataset& train, BreakIt break_it, std::int64_t at,
                     const std::filesystem::path& out = {}) {
  Optimizer optimizer(SGD{.lr = 0.01}, model.parameters());
  std::int64_t step = 0;
  FitOptions options = quick(5);
  options.out = out;
  return fit(
      model, optimizer, train, nullptr,
      [&](const Batch& batch) {
        const Tensor y = model(batch.input);
        if (model.training()) ++step;
        return step >= at ? break_it(batch, y) : mean(square(y - batch.target));
      },
      options);
}

TEST(FitNonFinite, NamesTheStepAndTheOperation) {
  const auto out = std::filesystem::path(testing::TempDir()) / "fit_non_finite";
  std::filesystem::remove_all(out);
  const Tensor x = points({48, 2}, 1, -1, 1, Type::f32);
  auto model = one_layer();
  const FitResult result = run_broken(
      model, Dataset(x, line_of(x)),
      [](const Batch&, const Tensor& y) { return mean(log(y - 1000.0)); }, 7, out);
  EXPECT_EQ(result.ended, Ended::non_finite);
  EXPECT_TRUE(result.failed());
  EXPECT_EQ(result.steps, 7);
  EXPECT_NE(result.message.find("step 7"), std::string::npos) << result.message;
  EXPECT_NE(result.message.find("operation log"), std::string::npos) << result.message;
  for (const Parameter& p : model.parameters())
    for (const double v : p.tensor.to_vector()) EXPECT_TRUE(std::isfinite(v));
  const RunLog log = read_run_log(out / kLogFile);
  ASSERT_TRUE(log.end);
  EXPECT_EQ(log.end->reason, Ended::non_finite);
  EXPECT_EQ(log.end->message, result.message);
  EXPECT_TRUE(std::isnan(log.steps.back().loss));
  EXPECT_EQ(result.verdict.name, "not_finite");
}

TEST(FitNonFinite, NamesTheRowOfTheData) {
  Tensor x = points({48, 2}, 1, -1, 1, Type::f32);
  const Tensor y = line_of(x);
  x.set(2 * 33 + 1, HUGE_VAL);
  auto model = one_layer();
  Optimizer optimizer(SGD{.lr = 0.01}, model.parameters());
  const FitResult result = fit(model, optimizer, MSE{}, Dataset(x, y), nullptr, quick(5));
  EXPECT_EQ(result.ended, Ended::non_finite);
  EXPECT_LE(result.steps, 3);
  EXPECT_NE(result.message.find("row 33"), std::string::npos) << result.message;
}

TEST(FitNonFinite, NamesTheParameter) {
  const Tensor x = points({48, 2}, 1, -1, 1, Type::f32);
  auto model = one_layer();
  Tensor weight = model.parameters()[0].tensor;
  weight.set(1, std::nan(""));
  Optimizer optimizer(SGD{.lr = 0.01}, model.parameters());
  const FitResult result = fit(model, optimizer, MSE{}, Dataset(x, line_of(x)), nullptr, quick(5));
  EXPECT_EQ(result.ended, Ended::non_finite);
  EXPECT_EQ(result.steps, 1);
  EXPECT_NE(result.message.find("element 1 of parameter 0.weight"), std::string::npos)
      << result.message;
}

// The value is finite, its slope is not: sqrt at 0. The step is not taken.
TEST(FitNonFinite, SeesAGradientThatIsNotFiniteBeforeTheStep) {
  for (const char* method : {"sgd:lr=0.01", "lbfgs"}) {
    const Tensor x = points({16, 2}, 1, -1, 1, Type::f32);
    auto model = one_layer();
    const Tensor before = model.parameters()[0].tensor.clone();
    Optimizer optimizer(Method::parse(method), model.parameters());
    const auto result = fit(
        model, optimizer, Dataset(x, line_of(x)), nullptr,
        [&](const Batch& batch) { return mean(sqrt(model(batch.input) * 0.0)); }, quick(5));
    EXPECT_EQ(result.ended, Ended::non_finite) << method;
    EXPECT_TRUE(result.failed());
    EXPECT_EQ(result.steps, 1);
    for (const char* part :
         {"the loss of step 1 is 0", "gradient is not finite", "slope of the operation sqrt"})
      EXPECT_NE(result.message.find(part), std::string::npos) << method << ": " << result.message;
    EXPECT_TRUE(same_bits(model.parameters()[0].tensor, before)) << method;
    ASSERT_EQ(result.log.steps.size(), 1U);
    EXPECT_FALSE(std::isfinite(*result.log.steps[0].gradient_norm));
    EXPECT_EQ(result.verdict.name, "not_finite");
  }
}

TEST(FitNonFinite, IsSteppedOverWhereTheOptimizerGuards) {
  const Tensor x = points({48, 2}, 1, -1, 1, Type::f32);
  const auto run = [&](const char* method, int bad_steps) {
    auto model = one_layer();
    Optimizer optimizer(Method::parse(method), model.parameters());
    int step = 0;
    return fit(
        model, optimizer, Dataset(x, line_of(x)), nullptr,
        [&](const Batch& batch) {
          const Tensor loss = mean(square(model(batch.input) - batch.target));
          if (model.training()) ++step;
          const bool bad = model.training() && step > 4 && step <= 4 + bad_steps;
          return bad ? loss * std::nan("") : loss;
        },
        quick(20));
  };
  const FitResult skipped = run("skip_non_finite | sgd:lr=0.1", 2);
  EXPECT_EQ(skipped.ended, Ended::steps_done) << skipped.message;
  EXPECT_LT(skipped.train_loss, 0.1);
  EXPECT_TRUE(std::ranges::any_of(skipped.notes, [](const std::string& note) {
    return note.find("2 of 60 steps were skipped") != std::string::npos;
  }));
  for (const StepRecord& record : skipped.log.steps) EXPECT_TRUE(std::isfinite(record.loss));
  EXPECT_EQ(run("sgd:lr=0.1", 2).ended, Ended::non_finite);
  EXPECT_EQ(run("skip_non_finite:max_consecutive=3 | sgd:lr=0.1", 40).ended, Ended::non_finite)
      << "a run that is lost is seen to be";
}

// A gate looks at gradients: a loss that is infinite with a finite gradient is not skipped.
TEST(FitNonFinite, AnInfiniteLossWithAFiniteGradientEndsTheRunBeforeTheStep) {
  const Tensor x = points({48, 2}, 1, -1, 1, Type::f32);
  auto model = one_layer();
  const Tensor before = model.parameters()[0].tensor.clone();
  Optimizer optimizer(Method::parse("skip_non_finite | sgd:lr=0.1"), model.parameters());
  const FitResult result = fit(
      model, optimizer, Dataset(x, line_of(x)), nullptr,
      [&](const Batch& batch) {
        return mean(square(model(batch.input) - batch.target)) +
               std::numeric_limits<double>::infinity();
      },
      quick(5));
  EXPECT_EQ(result.ended, Ended::non_finite);
  EXPECT_EQ(result.steps, 1);
  EXPECT_TRUE(same_bits(model.parameters()[0].tensor, before));
}

// What is skipped counts in none of the epoch's figures, with sam as well, and over a resume.
TEST(FitNonFinite, SkippedStepsLeaveNoTrace) {
  const Tensor x = points({48, 2}, 1, -1, 1, Type::f32);
  for (const char* method :
       {"skip_non_finite | sgd:lr=0.1", "skip_non_finite | sam | sgd:lr=0.1"}) {
    const auto out = std::filesystem::path(testing::TempDir()) / "fit_skipped";
    std::filesystem::remove_all(out);
    auto model = one_layer();
    Optimizer optimizer(Method::parse(method), model.parameters());
    const auto run = [&](std::int64_t epochs, bool resume) {
      FitOptions options = quick(epochs);
      options.out = out;
      options.resume = resume;
      return fit(
          model, optimizer, Dataset(x, line_of(x)), nullptr,
          [&](const Batch& batch) {
            const auto rows = batch.index.values<std::int64_t>();
            const bool bad = model.training() && std::ranges::find(rows, 0) != rows.end();
            return mean(square(model(batch.input) - batch.target)) * (bad ? std::nan("") : 1.0);
          },
          options);
    };
    const FitResult first = run(4, false), second = run(8, true);
    const auto skipped = [](const FitResult& result) {
      for (const std::string& note : result.notes)
        if (note.find("were skipped") != std::string::npos) return std::stoll(note);
      return 0LL;
    };
    EXPECT_GT(skipped(first), 0) << method;
    EXPECT_GT(skipped(second), skipped(first)) << method << ": of all steps";
    for (const EpochRecord& epoch : second.log.epochs) {
      if (!epoch.gradient_norm) continue;
      double sum = 0;
      std::int64_t made = 0;
      for (const StepRecord& step : second.log.steps)
        if (step.epoch == epoch.epoch) sum += *step.gradient_norm, ++made;
      EXPECT_NEAR(*epoch.gradient_norm, sum / static_cast<double>(made), 1e-9) << method;
    }
  }
}

TEST(Fit, FollowsTheRateOfTheMethodWithin) {
  const Tensor x = points({48, 2}, 1, -1, 1, Type::f32);
  auto model = one_layer();
  Optimizer optimizer(Method::parse("lookahead:of=(sgd:lr=0.05)"), model.parameters());
  const FitResult result = fit(model, optimizer, MSE{}, Dataset(x, line_of(x)), nullptr, quick(2));
  EXPECT_EQ(result.log.steps.at(0).lr, 0.05);
}

TEST(Fit, StopsWhereTheLossDiverges) {
  const Tensor x = points({64, 2}, 1, -1, 1, Type::f32);
  auto model = one_layer(Type::f32);
  Optimizer optimizer(SGD{.lr = 10}, model.parameters());
  const FitResult result =
      fit(model, optimizer, MSE{}, Dataset(x, line_of(x)), nullptr, quick(200));
  EXPECT_EQ(result.ended, Ended::diverging);
  EXPECT_TRUE(result.failed());
  EXPECT_EQ(result.verdict.name, "diverging");
  EXPECT_LT(result.steps, 100);
  EXPECT_NE(result.message.find("epoch " + std::to_string(result.epochs)), std::string::npos)
      << result.message;
}

TEST(Fit, RefusesRowsOfWhichNoneCounts) {
  const Tensor x = points({32, 2}, 1, -1, 1, Type::f32), y = line_of(x);
  const Dataset rows(x, y), none(Tensor::zeros({0, 2}), Tensor::zeros({0, 1})),
      weightless(x, y, Tensor::zeros({32}));
  auto model = one_layer();
  const auto run = [&](const Dataset& train, const Dataset* validation, FitOptions options) {
    Optimizer optimizer(SGD{.lr = 0.01}, model.parameters());
    return fit(
        model, optimizer, train, validation,
        [&](const Batch& batch) {
          return batch_loss(MSE{}, std::array{model(batch.input)}, batch.target, batch.weight);
        },
        options);
  };
  expect_usage([&] { run(rows, &none, quick(2)); }, "[fit] validation has no rows");
  expect_usage([&] { run(none, nullptr, quick(2)); }, "0 rows");
  expect_usage([&] { run(rows, &weightless, quick(2)); }, "no row of the validation counts");
  expect_usage([&] { run(weightless, nullptr, quick(2)); }, "no row of the training counts");
  FitOptions patient = quick(2);
  patient.patience = 2;
  expect_usage([&] { run(rows, nullptr, patient); }, "[fit] patience");
  EXPECT_NO_THROW(run(rows, &rows, patient));
}

TEST(FitNonFinite, NamesTheRowOfTheTarget) {
  const Tensor x = points({20, 2}, 1, -1, 1, Type::f32), y = line_of(x).clone();
  Tensor(y).set(7, std::nan(""));
  auto model = one_layer();
  Optimizer optimizer(SGD{.lr = 0.01}, model.parameters());
  const FitResult result = fit(model, optimizer, MSE{}, Dataset(x, y), nullptr, quick(2));
  EXPECT_EQ(result.ended, Ended::non_finite);
  EXPECT_NE(result.message.find("the target of row 7 of the data is nan"), std::string::npos)
      << result.message;
}

}  // namespace
}  // namespace downhill
