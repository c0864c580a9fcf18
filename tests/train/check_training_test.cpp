#include "downhill/train/check_training.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "downhill/core/error.h"
#include "downhill/nn/dropout.h"
#include "downhill/ops/reduce.h"
#include "downhill/optim/adamw.h"
#include "downhill/optim/lbfgs.h"
#include "downhill/optim/sgd.h"
#include "tests/support/bits.h"
#include "tests/support/points.h"
#include "tests/train/line_model.h"

namespace downhill {
namespace {

using Named = std::vector<std::pair<std::string, Tensor>>;

Batch line_rows(std::int64_t rows = 24) {
  const Tensor x = points({rows, 2}, 1, -1, 1, Type::f32);
  return Dataset(x, line_of(x)).all();
}

/// 2 -> 16 -> 1 with a rate of dropout.
nn::Sequential two_layers(double dropout = 0) {
  Random random(4);
  return nn::Sequential(nn::Linear(2, 16, random), nn::Dropout(dropout, 3),
                        nn::Linear(16, 1, random));
}

LossOf squares(const nn::Sequential& model) {
  return [&model](const Batch& batch) -> BatchLoss {
    const Tensor error = model(batch.input) - batch.target;
    return mean(error * error);
  };
}

TrainingCheck of(const std::vector<TrainingCheck>& checks, const std::string& name) {
  const auto at = std::ranges::find(checks, name, &TrainingCheck::name);
  if (at == checks.end()) throw std::runtime_error("no check " + name);
  return *at;
}

Named copied(const std::vector<Parameter>& parameters) {
  Named copies;
  for (const Parameter& p : parameters) copies.emplace_back(p.name, p.tensor.clone());
  return copies;
}
Named copied(const NamedTensors& tensors) {
  Named copies;
  for (const auto& [name, tensor] : tensors) copies.emplace_back(name, tensor.clone());
  return copies;
}

TEST(CheckTraining, AModelThatLearnsPassesAll) {
  const auto model_holder = two_layers();
  nn::Sequential model = model_holder;
  Optimizer optimizer(AdamW{.lr = 1e-3}, model.parameters());
  const auto checks = check_training(model, optimizer, squares(model), line_rows());
  EXPECT_TRUE(all_passed(checks));
  EXPECT_EQ(checks.size(), 7U);
  for (const TrainingCheck& check : checks) EXPECT_TRUE(check.passed.has_value()) << check.name;
  EXPECT_LT(of(checks, "overfits_batch").figure, 0.5);
}

// By hand: the best constant of 16 numbers loses their variance, and the model of zero inputs comes to it;
// a model whose outputs are 0 begins at the mean square.
TEST(CheckTraining, TheFirstLossIsHeldAgainstTheConstants) {
  nn::Sequential model = one_layer();
  model.load({{"0.weight", Tensor({{0, 0}}, Type::f32)}, {"0.bias", Tensor({0}, Type::f32)}});
  Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
  Batch batch = line_rows();
  const auto ratio = [&](double shift) {
    Batch moved = batch;
    moved.target = batch.target + shift;
    double mean = 0, square = 0;
    for (std::int64_t i = 0; i < 16; ++i) mean += moved.target.at(i) / 16;
    for (std::int64_t i = 0; i < 16; ++i) square += std::pow(moved.target.at(i), 2) / 16;
    const auto check =
        of(check_training(model, optimizer, squares(model), moved, {.steps = 3000}), "first_loss");
    EXPECT_NEAR(check.figure, square / (square - mean * mean), 0.02 * check.figure) << shift;
    return check;
  };
  EXPECT_EQ(ratio(0).passed, true);
  EXPECT_EQ(ratio(10).passed, false);
}

TEST(CheckTraining, InputsThatSayNothingAreNamed) {
  auto model = two_layers();
  Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
  const LossOf blind = [&](const Batch& batch) -> BatchLoss {
    const Tensor error = model(batch.input * 0.0) - batch.target;
    return mean(error * error);
  };
  const auto checks = check_training(model, optimizer, blind, line_rows());
  EXPECT_EQ(of(checks, "zero_input_worse").passed, false);
  EXPECT_EQ(of(checks, "overfits_batch").passed, false);
  EXPECT_FALSE(all_passed(checks));
}

TEST(CheckTraining, ATensorThatTheOptimizerDoesNotHoldIsNamed) {
  auto model = two_layers();
  auto some = model.parameters();
  some.erase(some.begin());
  Optimizer optimizer(SGD{.lr = 0.1}, some);
  const auto check =
      of(check_training(model, optimizer, squares(model), line_rows()), "all_in_optimizer");
  EXPECT_EQ(check.passed, false);
  EXPECT_EQ(check.figure, 1);
  EXPECT_NE(check.text.find("0.weight"), std::string::npos) << check.text;
}

TEST(CheckTraining, ALayerThatWasNotAddedIsTold) {
  struct Forgetful : nn::Module {
    nn::Linear hidden{2, 4}, out{4, 1};
    Forgetful() { add("out", out); }
    Tensor operator()(const Tensor& x) const { return out(nn::relu(hidden(x))); }
  } model;
  Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
  const LossOf loss = [&](const Batch& batch) -> BatchLoss {
    const Tensor error = model(batch.input) - batch.target;
    return mean(error * error);
  };
  const auto check = of(check_training(model, optimizer, loss, line_rows()), "all_in_optimizer");
  EXPECT_EQ(check.passed, false);
  EXPECT_EQ(check.figure, 2);
  EXPECT_NE(check.text.find("2 tensors that require a gradient and are not in the model"),
            std::string::npos)
      << check.text;
}

TEST(CheckTraining, ATensorThatDoesNotMoveIsNamed) {
  auto model = two_layers();
  Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
  optimizer.group("2.bias", {{"lr", "0"}});
  const auto check = of(check_training(model, optimizer, squares(model), line_rows()), "all_move");
  EXPECT_EQ(check.passed, false);
  EXPECT_NE(check.text.find("2.bias"), std::string::npos) << check.text;
}

TEST(CheckTraining, AnEvaluationThatMovesWeightsIsNamedAndUndone) {
  auto model = two_layers();
  Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
  const LossOf nudges = [&](const Batch& batch) -> BatchLoss {
    Tensor weight = model.parameters()[0].tensor;
    if (!model.training()) weight.assign(weight.clone() * 1.5);
    const Tensor error = model(batch.input) - batch.target;
    return mean(error * error);
  };
  const Named before = copied(model.state());
  const auto checks = check_training(model, optimizer, nudges, line_rows());
  EXPECT_EQ(of(checks, "evaluation_keeps_weights").passed, false);
  EXPECT_TRUE(same_bits(before, copied(model.state())));
}

TEST(CheckTraining, ModesThatDisagreeAreNamedAndDropoutIsNot) {
  auto model = two_layers();
  Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
  const LossOf twice = [&](const Batch& batch) -> BatchLoss {
    const Tensor error = model(batch.input) * (model.training() ? 1.1 : 1.0) - batch.target;
    return mean(error * error);
  };
  EXPECT_EQ(of(check_training(model, optimizer, twice, line_rows()), "modes_agree").passed, false);
  auto dropping = two_layers(0.2);
  Optimizer other(SGD{.lr = 0.1}, dropping.parameters());
  const auto check =
      of(check_training(dropping, other, squares(dropping), line_rows()), "modes_agree");
  EXPECT_EQ(check.passed, true) << check.text;
  EXPECT_GT(check.figure, 0);
  EXPECT_NE(check.text.find("random"), std::string::npos);
}

// Everything that a run begins with: weights, dropout's random state, the optimizer's moments and step
// counts, gradients, the mode.
TEST(CheckTraining, NothingIsChangedBitForBit) {
  auto model = two_layers(0.3);
  Optimizer optimizer(AdamW{.lr = 1e-2}, model.parameters());
  const LossOf loss_of = squares(model);
  const Batch batch = line_rows();
  for (int i = 0; i < 3; ++i) {  // moments and counts that are not those of the beginning
    optimizer.zero_grad();
    loss_of(batch).mean.backward();
    optimizer.step();
  }
  const Tensor gradient = model.parameters()[0].tensor.grad().clone();
  for (const bool training : {true, false}) {
    model.train(training);
    const Named state = copied(model.state()), moved = copied(optimizer.state());
    check_training(model, optimizer, loss_of, batch);
    EXPECT_TRUE(same_bits(state, copied(model.state())));
    EXPECT_TRUE(same_bits(moved, copied(optimizer.state())));
    EXPECT_TRUE(same_bits(gradient, model.parameters()[0].tensor.grad()));
    EXPECT_EQ(model.training(), training);
    EXPECT_EQ(optimizer.steps(), 3);
  }
}

TEST(CheckTraining, NothingIsChangedIfTheLossThrows) {
  auto model = two_layers(0.3);
  Optimizer optimizer(AdamW{.lr = 1e-2}, model.parameters());
  int calls = 0;
  const LossOf throws = [&](const Batch& batch) -> BatchLoss {
    if (++calls == 50) throw std::runtime_error("no more");
    return squares(model)(batch);
  };
  const Named state = copied(model.state());
  EXPECT_THROW(check_training(model, optimizer, throws, line_rows()), std::runtime_error);
  EXPECT_TRUE(same_bits(state, copied(model.state())));
  EXPECT_TRUE(model.training());
}

TEST(CheckTraining, OptimizersThatEvaluateTheLossThemselvesAreChecked) {
  auto model = one_layer();
  Optimizer optimizer(Lbfgs{}, model.parameters());
  const Named state = copied(model.state());
  EXPECT_TRUE(all_passed(check_training(model, optimizer, squares(model), line_rows())));
  EXPECT_TRUE(same_bits(state, copied(model.state())));
}

TEST(CheckTraining, TooFewNumbersNeedNotFitTheRows) {
  auto model = one_layer();
  Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
  const auto checks = check_training(model, optimizer, squares(model), line_rows());
  EXPECT_FALSE(of(checks, "overfits_batch").passed.has_value());
}

TEST(CheckTraining, IsCheapBesideALongRunOnly) {
  EXPECT_FALSE(check_is_cheap(1000, 64000));
  EXPECT_TRUE(check_is_cheap(21000, 21000 * 64));
  EXPECT_FALSE(check_is_cheap(21000, 21000 * 8)) << "its rows are more than a fiftieth";
  EXPECT_FALSE(check_is_cheap(20000, 20000 * 64)) << "420 steps of 20000 are more than a fiftieth";
}

TEST(CheckTraining, RefusesWhatItCannotCheck) {
  auto model = one_layer();
  Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
  EXPECT_THROW(check_training(model, optimizer, squares(model), line_rows(), {.steps = 0}),
               UsageError);
}

}  // namespace
}  // namespace downhill
