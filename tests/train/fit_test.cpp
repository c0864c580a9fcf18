#include "downhill/train/fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "downhill/losses/list.h"
#include "downhill/metrics/numbers.h"
#include "downhill/nn/sequential.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/optim/list.h"
#include "downhill/runlog/reader.h"
#include "downhill/schedules/linear.h"
#include "downhill/train/files.h"
#include "tests/io/file_support.h"
#include "tests/support/bits.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"
#include "tests/train/line_model.h"

namespace downhill {
namespace {

TEST(Fit, LearnsFromTwoTensors) {
  const Tensor x = points({100, 2}, 1, -1, 1, Type::f32);
  auto model = one_layer();
  Optimizer optimizer(Adam{.lr = 0.05}, model.parameters());
  const Dataset train(x, line_of(x));
  const FitResult result = fit(model, optimizer, MSE{}, train, nullptr, quick(60));
  EXPECT_EQ(result.ended, Ended::steps_done);
  EXPECT_EQ(result.steps, 60 * 7);
  EXPECT_FALSE(result.failed());
  EXPECT_LT(result.train_loss, 1e-6);
  EXPECT_FALSE(result.best_epoch.has_value());
  EXPECT_NEAR(model.parameters()[0].tensor.at(0), 3, 1e-2);
}

TEST(Fit, LearnsFromAFunctionAndGivesTheBitsOfTheTensors) {
  const Tensor x = points({50, 2}, 1, -1, 1, Type::f32), y = line_of(x);
  const Dataset made(50, [&](std::int64_t i) -> std::vector<Tensor> {
    return {slice(x, i, i + 1).reshape({2}), slice(y, i, i + 1).reshape({1})};
  });
  auto a = one_layer(), b = one_layer();
  Optimizer first(Adam{.lr = 0.05}, a.parameters()), second(Adam{.lr = 0.05}, b.parameters());
  fit(a, first, MSE{}, Dataset(x, y), nullptr, quick(10));
  fit(b, second, MSE{}, made, nullptr, quick(10));
  EXPECT_TRUE(same_bits(a.parameters()[0].tensor, b.parameters()[0].tensor));
  EXPECT_TRUE(same_bits(a.parameters()[1].tensor, b.parameters()[1].tensor));
}

TEST(Fit, CanBeCalledAgainWithAnotherSchedule) {
  const Tensor x = points({64, 2}, 1, -1, 1, Type::f32);
  const Dataset train(x, line_of(x));
  auto model = one_layer();
  Optimizer optimizer(SGD{.lr = 0.5}, model.parameters());
  FitOptions options = quick(2);
  options.schedule = Linear{};  // from 1 to 0 over the run
  const FitResult first = fit(model, optimizer, MSE{}, train, nullptr, options);
  const FitResult second = fit(model, optimizer, MSE{}, train, nullptr, options);
  ASSERT_EQ(first.log.steps.size(), second.log.steps.size());
  for (std::size_t i = 0; i < first.log.steps.size(); ++i)
    EXPECT_DOUBLE_EQ(*first.log.steps[i].lr, *second.log.steps[i].lr) << i;
  EXPECT_LT(second.train_loss, first.train_loss);
  options.schedule.reset();
  const FitResult third = fit(model, optimizer, MSE{}, train, nullptr, options);
  for (const StepRecord& step : third.log.steps) EXPECT_EQ(*step.lr, 0.5);
}

TEST(Fit, ASecondRunOfAnOptimizerResumesWithItsSchedule) {
  const testing_files::Directory place;
  const Tensor x = points({64, 2}, 1, -1, 1, Type::f32);
  const Dataset train(x, line_of(x));
  FitOptions options = quick(4);
  options.schedule = Linear{};
  const auto phases = [&](bool stop) {
    auto model = one_layer();
    Optimizer optimizer(SGD{.lr = 0.1, .momentum = 0.9}, model.parameters());
    FitOptions first = quick(1), second = options;
    fit(model, optimizer, MSE{}, train, nullptr, first);
    if (stop) {
      std::stop_source source;
      second.out = place / "run";
      second.stop = source.get_token();
      second.progress = [&](const Progress& p) {
        if (p.step == 7) source.request_stop();
      };
      EXPECT_EQ(fit(model, optimizer, MSE{}, train, nullptr, second).ended, Ended::interrupted);
      second = options;
      second.out = place / "run";
      second.resume = true;
    }
    fit(model, optimizer, MSE{}, train, nullptr, second);
    return model.parameters()[0].tensor;
  };
  EXPECT_TRUE(same_bits(phases(false), phases(true)));
}

TEST(Fit, EarlyStoppingRestoresTheBestWeights) {
  // Validation asks for weights that training passes on its way: it falls, then rises.
  const Tensor x = points({64, 2}, 1, -1, 1, Type::f32);
  const Dataset train(x, line_of(x)), validation(x, line_of(x) * 0.5);
  auto model = one_layer();
  Optimizer optimizer(SGD{.lr = 0.02}, model.parameters());
  std::vector<double> seen;
  const LossOf loss_of = [&](const Batch& batch) {
    return Loss(MSE{})(model(batch.input), batch.target);
  };
  FitOptions options = quick(500);
  options.patience = 5;
  const FitResult result = fit(model, optimizer, train, &validation, loss_of, options);
  EXPECT_EQ(result.ended, Ended::patience);
  ASSERT_TRUE(result.best_epoch && result.validation_loss);
  EXPECT_EQ(result.epochs, *result.best_epoch + 5);
  for (const EpochRecord& e : result.log.epochs)
    if (e.split == Split::validation) seen.push_back(e.loss);
  EXPECT_EQ(*std::min_element(seen.begin(), seen.end()), *result.validation_loss);
  EXPECT_EQ(seen[static_cast<std::size_t>(*result.best_epoch - 1)], *result.validation_loss);
  EXPECT_EQ(evaluate(model, validation, loss_of), *result.validation_loss);
  EXPECT_EQ(evaluate(model, train, loss_of), result.train_loss);
  ASSERT_TRUE(result.log.end);
  EXPECT_EQ(result.log.end->best_epoch, result.best_epoch);
}

TEST(Fit, TrainsTwoHeadsWhenTheSecondTargetIsMissingInHalfOfTheRows) {
  const Tensor x = points({80, 2}, 1, -1, 1, Type::f32), first = line_of(x);
  Tensor second = first * -2.0 + 0.5, known = Tensor::ones({80, 1});
  second = second.clone();
  for (std::int64_t i = 0; i < 80; i += 2) {
    second.set(i, std::nan(""));
    known.set(i, 0);
  }
  Random random(1);
  nn::Sequential body(nn::Linear(2, 8, random), nn::tanh), head1(nn::Linear(8, 1, random)),
      head2(nn::Linear(8, 1, random));
  struct TwoHeads : nn::Module {
    TwoHeads(nn::Module& b, nn::Module& h1, nn::Module& h2) {
      add("body", b), add("head1", h1), add("head2", h2);
    }
  } model(body, head1, head2);
  Optimizer optimizer(Adam{.lr = 0.02}, model.parameters());
  const Loss a = MSE{}, b = Huber{.delta = 1};
  const LossOf loss_of = [&](const Batch& batch) {
    const Tensor features = body(batch.input);
    return a(head1(features), batch.target) + 0.5 * b(head2(features), batch.more[0], batch.weight);
  };
  const FitResult result =
      fit(model, optimizer, Dataset({x, first, known, second}), nullptr, loss_of, quick(300));
  EXPECT_EQ(result.ended, Ended::steps_done) << result.message;
  EXPECT_LT(result.train_loss, 1e-2);
  // The second head has learned what the missing rows would have said.
  const Tensor predicted = head2(body(x));
  for (std::int64_t i = 0; i < 80; ++i) EXPECT_NEAR(predicted.at(i), -2 * first.at(i) + 0.5, 0.5);
}

TEST(Fit, StopsWhenAskedAndSaysSo) {
  const Tensor x = points({64, 2}, 1, -1, 1, Type::f32);
  auto model = one_layer();
  Optimizer optimizer(SGD{.lr = 0.01}, model.parameters());
  std::stop_source stop;
  FitOptions options = quick(50);
  options.stop = stop.get_token();
  std::vector<std::int64_t> steps;
  options.progress = [&](const Progress& p) {
    steps.push_back(p.step);
    EXPECT_EQ(p.steps, 200);
    EXPECT_EQ(p.epochs, 50);
    if (p.step == 10) stop.request_stop();
  };
  const FitResult result = fit(model, optimizer, MSE{}, Dataset(x, line_of(x)), nullptr, options);
  EXPECT_EQ(result.ended, Ended::interrupted);
  EXPECT_EQ(result.steps, 10);
  EXPECT_EQ(result.epochs, 2);
  EXPECT_EQ(steps.size(), 10U);
}

TEST(Fit, WritesARunLogThatReadsBack) {
  const auto out = std::filesystem::path(testing::TempDir()) / "fit_log";
  std::filesystem::remove_all(out);
  const Tensor x = points({40, 2}, 1, -1, 1, Type::f32);
  const Dataset train(x, line_of(x)), validation(x, line_of(x));
  auto model = one_layer();
  Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
  FitOptions options{.epochs = 4,
                     .batch = 16,
                     .schedule = Linear{},
                     .out = out,
                     .test = &validation,
                     .config = {{"optimizer", "sgd"}, {"note", "\"quoted\"\n"}}};
  const FitResult result =
      fit(model, optimizer, MSE{}, train, &validation, options, [&](const Dataset& rows) {
        const Batch all = rows.all();
        const auto p = model(all.input).to_vector(), y = all.target.to_vector();
        return number_metrics({p, y}).metrics;
      });
  const RunLog log = read_run_log(out / kLogFile);
  EXPECT_EQ(log.start.config, options.config);
  ASSERT_EQ(log.steps.size(), 12U);
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(log.steps[i].step, static_cast<std::int64_t>(i + 1));
    EXPECT_EQ(log.steps[i].epoch, static_cast<std::int64_t>(i / 3 + 1));
    EXPECT_EQ(log.steps[i].loss, result.log.steps[i].loss);
    EXPECT_NEAR(*log.steps[i].lr, 0.1 * (1 - static_cast<double>(i) / 12), 1e-15);
    EXPECT_GT(*log.steps[i].gradient_norm, 0);
  }
  ASSERT_EQ(log.epochs.size(), 9U);  // train and validation of 4, and test
  EXPECT_EQ(log.epochs[1].split, Split::validation);
  ASSERT_EQ(log.epochs[1].metrics.size(), 4U);
  EXPECT_NEAR(log.epochs[1].metrics[0].second, std::sqrt(log.epochs[1].loss), 1e-6);
  EXPECT_EQ(log.epochs.back().split, Split::test);
  EXPECT_EQ(log.epochs.back().loss, *result.test_loss);
  EXPECT_EQ(log.epochs.back().epoch, *result.best_epoch) << "the weights that are delivered";
  ASSERT_TRUE(log.stands && log.verdict && log.end);
  EXPECT_EQ(text_of(log.stands->stands), result.stands.stands);
  EXPECT_EQ(log.verdict->name, result.verdict.name);
  EXPECT_EQ(log.end->reason, Ended::steps_done);
  EXPECT_EQ(log.end->step, 12);
}

TEST(Fit, RefusesOptionsOutOfRange) {
  const Tensor x = points({4, 2}, 1, -1, 1, Type::f32);
  auto model = one_layer();
  Optimizer optimizer(SGD{}, model.parameters());
  const Dataset train(x, line_of(x));
  const auto with = [&](auto change) {
    FitOptions options = quick(1);
    change(options);
    return usage_message([&] { fit(model, optimizer, MSE{}, train, nullptr, options); });
  };
  EXPECT_NE(with([](FitOptions& o) { o.epochs = -1; }).find("epochs"), std::string::npos);
  EXPECT_NE(with([](FitOptions& o) { o.batch = -1; }).find("batch"), std::string::npos);
  EXPECT_NE(with([](FitOptions& o) { o.patience = -1; }).find("patience"), std::string::npos);
  EXPECT_NE(with([](FitOptions& o) { o.min_delta = std::nan(""); }).find("min_delta"),
            std::string::npos);
  EXPECT_NE(with([](FitOptions& o) { o.resume = true; }).find("resume"), std::string::npos);
  EXPECT_NE(with([](FitOptions& o) { o.explain_rows = -5; }).find("explain_rows = -5"),
            std::string::npos);
  EXPECT_NE(with([](FitOptions& o) { o.checkpoint_seconds = -1; }).find("checkpoint_seconds"),
            std::string::npos);
  EXPECT_NE(with([](FitOptions& o) { o.diverged = 0.5; }).find("diverged"), std::string::npos);
  // More steps than can be counted: the product would overflow.
  EXPECT_NE(with([](FitOptions& o) {
              o.epochs = std::int64_t{1} << 62, o.batch = 1;
            }).find("epochs = 4611686018427387904"),
            std::string::npos);
}

// The validation loss falls by 0.125 from epoch to epoch.
TEST(Fit, BetterIsLowerByMoreThanMinDelta) {
  const Tensor x = points({16, 2}, 1, -1, 1, Type::f32);
  const auto best_epoch = [&](double min_delta) {
    auto model = one_layer();
    Optimizer optimizer(SGD{.lr = 0.01}, model.parameters());
    FitOptions options = quick(20);
    options.patience = 3;
    options.min_delta = min_delta;
    double validation = 1.25;
    const Dataset train(x, line_of(x)),
        other(points({3, 2}, 2, -1, 1, Type::f32), Tensor::zeros({3, 1}));
    const auto result = fit(
        model, optimizer, train, &other,
        [&](const Batch& batch) -> BatchLoss {
          if (batch.size() != 3) return mean(square(model(batch.input) - batch.target));
          return Tensor::scalar(validation -= 0.125);
        },
        options);
    return std::pair(*result.best_epoch, result.ended);
  };
  EXPECT_EQ(best_epoch(0.0625), std::pair(std::int64_t{20}, Ended::steps_done));
  EXPECT_EQ(best_epoch(0.125), std::pair(std::int64_t{19}, Ended::steps_done)) << "every second";
  EXPECT_EQ(best_epoch(1), std::pair(std::int64_t{1}, Ended::patience));
}

}  // namespace
}  // namespace downhill
