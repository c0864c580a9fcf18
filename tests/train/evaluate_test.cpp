// The loss of a data set is sum w L / sum w, in whatever pieces it is computed.
#include <gtest/gtest.h>

#include <cmath>

#include "downhill/catalog/catalog.h"
#include "downhill/losses/list.h"
#include "downhill/nn/sequential.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/optim/sgd.h"
#include "downhill/train/detail/explain.h"
#include "downhill/train/fit.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

struct Zero : nn::Module {
  Tensor w = Tensor::zeros({1});
  Zero() { add("w", w); }
  Tensor operator()(const Tensor& x) const { return x * 0.0 + w * 0.0; }
};

LossOf loss_of(const auto& model, const Loss& loss) {
  return [&model, loss](const Batch& b) {
    const Tensor y = model(b.input);
    return batch_loss(loss, {&y, 1}, b.target, b.weight);
  };
}

// Losses 1 with weight 1 and 9 with weight 0.001: (1024 + 9.216) / (1024 + 1.024) = 1.00799...
TEST(Evaluate, IsTheWeightedMean) {
  const Tensor x = Tensor::zeros({2048, 1}), y = Tensor::ones({2048, 1});
  const Tensor weight = Tensor::ones({2048, 1});
  for (std::int64_t i = 1024; i < 2048; ++i) Tensor(y).set(i, 3), Tensor(weight).set(i, 0.001);
  Zero model;
  EXPECT_NEAR(evaluate(model, Dataset(x, y, weight), loss_of(model, MSE{})),
              (1024 + 9.216) / (1024 + 1.024), 1e-6);
}

// One labelled row of 1,025: its loss is that of the data set (it was divided by 1,025).
TEST(Evaluate, CountsOnlyLabelledRows) {
  Random random(1);
  nn::Linear layer(2, 3, random);
  const Tensor x = points({1025, 2}, 3, -1, 1, Type::f32);
  Tensor labels = Tensor::full({1025}, -100, Type::i64);
  labels.set(1024, 1);
  const Tensor z = layer(x);
  double total = 0;
  for (int c = 0; c < 3; ++c) total += std::exp(z.at(1024 * 3 + c));
  const double expected = std::log(total) - z.at(1024 * 3 + 1);
  EXPECT_NEAR(evaluate(layer, Dataset(x, labels), loss_of(layer, CrossEntropy{})), expected, 1e-6);
}

TEST(Evaluate, OfNothingIsZero) {
  Zero model;
  const Tensor x = Tensor::zeros({5, 1});
  EXPECT_EQ(evaluate(model, Dataset(x, x + 1.0, x), loss_of(model, MSE{})), 0);
}

TEST(Evaluate, ATensorAloneCountsAsTheRowsOfItsBatch) {
  Zero model;
  const Tensor x = Tensor::zeros({1024 + 256, 1});
  const LossOf by_size = [](const Batch& b) {
    return Tensor::scalar(static_cast<double>(b.size()));
  };
  EXPECT_DOUBLE_EQ(evaluate(model, Dataset(x, x), by_size),
                   (1024.0 * 1024 + 256.0 * 256) / (1024 + 256));
}

// The mean over an epoch of batches with 16 and with 8 rows, of which the weights count.
TEST(Evaluate, TheLossOfAnEpochIsWeightedToo) {
  const Tensor x = Tensor::zeros({24, 1}), y = Tensor::ones({24, 1}),
               weight = Tensor::ones({24, 1});
  for (std::int64_t i = 0; i < 12; ++i) Tensor(y).set(i, 3), Tensor(weight).set(i, 0.25);
  Zero model;
  Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
  const auto result = fit(model, optimizer, MSE{}, Dataset(x, y, weight), nullptr,
                          {.epochs = 1, .batch = 16, .explain = false});
  EXPECT_NEAR(result.log.epochs.at(0).loss, (12 * 1 + 12 * 0.25 * 9) / (12 + 3), 1e-6);
  EXPECT_NEAR(result.train_loss, (12 * 1 + 12 * 0.25 * 9) / (12 + 3), 1e-6);
}

TEST(Evaluate, AndMeasuringRestoreTheTrainingMode) {
  Zero model;
  const Tensor x = Tensor::zeros({4, 1});
  bool seen = true;
  const LossOf of = [&](const Batch& b) {
    seen = model.training();
    return mean(model(b.input) + model.w);
  };
  for (const bool training : {true, false}) {
    model.train(training);
    evaluate(model, Dataset(x, x), of);
    EXPECT_FALSE(seen);
    EXPECT_EQ(model.training(), training);
    detail::measure(model, Dataset(x, x), of, {});
    EXPECT_FALSE(seen);
    EXPECT_EQ(model.training(), training);
  }
  model.train();
  EXPECT_ANY_THROW(evaluate(model, Dataset(x, x), [](const Batch&) -> Tensor { throw 1; }));
  EXPECT_TRUE(model.training());
}

// Regions and elements: each term has its own mean over the pieces of 1,024 and 256 rows.
TEST(Evaluate, ASumOfDifferentCountsIsTheSumOfTheirMeans) {
  struct Ones : nn::Module {
    Tensor operator()(const Tensor& x) const { return x; }
  } model;
  const Tensor p = Tensor::full({1280, 1}, 0.25);
  Tensor y = Tensor::ones({1280, 1});
  for (std::int64_t i = 1024; i < 1280; ++i) y.set(i, 0);
  const auto dice = [](double both, double sum) { return 1 - (2 * both + 1) / (sum + 1); };
  const double regions = (dice(256, 256 + 1024) + dice(0, 64)) / 2;
  const double elements = -(1024 * std::log(0.25) + 256 * std::log(0.75)) / 1280;
  EXPECT_NEAR(evaluate(model, Dataset(p, y), loss_of(model, loss_from("2*dice:over=pooled+bce"))),
              2 * regions + elements, 1e-6);
}

// The mean of the weights, e = (e + w) / 2 with e = w after the first step, is what is validated and
// delivered; the trained weights themselves are what a step goes on from.
TEST(Fit, EvaluatesAndDeliversTheWeightsThatTheOptimizerSays) {
  struct Line : nn::Module {
    Tensor w{1.0};
    Line() { add("w", w); }
    Tensor operator()(const Tensor& x) const { return x * w; }
  };
  double w = 1, average = 0;  // loss w^2 on x = 1, y = 0: w falls to 0.8 w by lr = 0.1
  for (int step = 0; step < 6; ++step) {
    w *= 0.8;
    average = step == 0 ? w : (average + w) / 2;
  }
  const Dataset one(Tensor::ones({1, 1}), Tensor::zeros({1, 1}));
  for (const Dataset* validation : {static_cast<const Dataset*>(nullptr), &one}) {
    Line model;
    Optimizer optimizer(Method::parse("sgd:lr=0.1 | ema:decay=0.5"), model.parameters());
    const auto result =
        fit(model, optimizer, MSE{}, one, validation, {.epochs = 6, .explain = false});
    EXPECT_NEAR(model.w.item(), average, 1e-6);
    EXPECT_NEAR(result.train_loss, average * average, 1e-6);
    EXPECT_NEAR(result.log.steps.back().loss, w * w / 0.64, 1e-6);
    if (validation != nullptr) {
      EXPECT_NEAR(*result.validation_loss, average * average, 1e-6);
    }
  }
}

// Two predictions from one output of two columns: the mean as it is, the variance too.
TEST(Fit, TrainsALossOfTwoPredictions) {
  struct Gaussian : nn::Module {
    Tensor w{{0.0, 1.0}};
    Gaussian() { add("w", w); }
    Tensor operator()(const Tensor& x) const { return x + w; }
  } model;
  const Tensor x = Tensor::zeros({4, 2});
  Tensor y = Tensor::zeros({4, 1});
  for (std::int64_t i = 0; i < 4; ++i) y.set(i, static_cast<double>(i));  // mean 1.5, variance 1.25
  Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
  const auto result = fit(model, optimizer, GaussianNLL{}, Dataset(x, y), nullptr,
                          {.epochs = 2000, .batch = 0, .explain = false});
  EXPECT_NEAR(model.w.at(0), 1.5, 1e-3) << result.message;
  EXPECT_NEAR(model.w.at(1), 1.25, 1e-3);
}

}  // namespace
}  // namespace downhill
