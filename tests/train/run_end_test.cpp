// How a run ends, and that it stays ended.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "downhill/losses/list.h"
#include "downhill/nn/sequential.h"
#include "downhill/optim/list.h"
#include "downhill/train/fit.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

namespace fs = std::filesystem;

struct Line {
  Line() : model(nn::Linear(3, 1, random)) {}

  FitResult fit(const FitOptions& options, const Dataset& validation) {
    Optimizer optimizer(Method::parse("sgd:lr=0"), model.parameters());
    return downhill::fit(model, optimizer, MSE{}, train, &validation, options);
  }

  Random random{1};
  nn::Sequential model;
  Dataset train{points({20, 3}, 1, -1, 1, Type::f32), points({20, 1}, 2, -1, 1, Type::f32)};
};

fs::path fresh(const char* name) {
  const fs::path out = fs::path(testing::TempDir()) / name;
  fs::remove_all(out);
  return out;
}

// With the rate 0 no epoch is better than the first.
TEST(RunEnd, WhatPatienceEndedIsNotResumed) {
  Line line;
  const fs::path out = fresh("patience");
  const FitOptions options{.epochs = 10, .patience = 2, .out = out, .explain = false};
  const FitResult first = line.fit(options, line.train);
  EXPECT_EQ(first.ended, Ended::patience);
  EXPECT_EQ(first.epochs, 3);
  FitOptions longer = options;
  longer.resume = true;
  longer.epochs = 20;
  const FitResult again = line.fit(longer, line.train);
  EXPECT_EQ(again.ended, Ended::patience);
  EXPECT_EQ(again.epochs, 3);
  EXPECT_EQ(again.best_epoch, 1);
  EXPECT_EQ(again.log.steps.size(), first.log.steps.size());
}

TEST(RunEnd, AValidationLossThatIsNoneIsNeverTheBest) {
  Line line;
  Tensor y = Tensor::zeros({4, 1});
  y.data<float>()[2] = std::nanf("");
  const Dataset validation(points({4, 3}, 3, -1, 1, Type::f32), y);
  const FitResult result = line.fit({.epochs = 6, .patience = 3, .explain = false}, validation);
  EXPECT_FALSE(result.best_epoch.has_value());
  EXPECT_EQ(result.ended, Ended::patience);  // an epoch without a number is none that is better
  EXPECT_EQ(result.epochs, 3);
}

TEST(RunEnd, ADirectoryIsOfOneRun) {
  Line line;
  const fs::path out = fresh("one_run");
  const DirectoryLock mine(out);
  const FitOptions options{.epochs = 1, .out = out, .explain = false};
  expect_error<FileError>([&] { line.fit(options, line.train); }, "is writing this run");
  FitOptions held = options;
  held.lock = &mine;
  EXPECT_EQ(line.fit(held, line.train).epochs, 1);
}

}  // namespace
}  // namespace downhill
