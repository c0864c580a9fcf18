// Tied weights, and what was moved from.
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "downhill/nn/sequential.h"
#include "downhill/optim/list.h"
#include "downhill/optim/optimizer.h"
#include "downhill/schedules/schedule.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

/// One layer used twice.
struct Tied : nn::Module {
  nn::Linear layer{3, 3, false};
  Tied() {
    add("first", layer);
    add("second", layer);
  }
};

TEST(Module, TiedWeightsStandOnce) {
  const Tied model;
  EXPECT_EQ(model.parameters().size(), 1U);
  EXPECT_EQ(model.parameters()[0].name, "first.weight");
  EXPECT_EQ(model.parameter_count(), 9);
  EXPECT_NO_THROW(Optimizer(SGD{}, model.parameters()));
}

TEST(Module, WhatWasMovedFromIsStillTheSame) {
  nn::Linear a(2, 1);
  const nn::Linear b = std::move(a);
  EXPECT_EQ(a.parameters().size(), 2U);
  Loss loss = MSE{};
  const Loss other = std::move(loss);
  EXPECT_EQ(loss.name(), "mse");
  Schedule schedule = 0.5;
  const Schedule next = std::move(schedule);
  EXPECT_EQ(schedule(3), 0.5);
  Method method = SGD{};
  const Method taken = std::move(method);
  EXPECT_EQ(method.name(), "sgd");
  expect_usage([] { Loss(detail::LossPtr{}); }, "[loss] is null");
}

TEST(Module, WithoutPartsSaysWhatToDo) {
  expect_usage([] { Optimizer(SGD{}, nn::Module().parameters()); }, "add()");
}

}  // namespace
}  // namespace downhill
