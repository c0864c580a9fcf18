#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "downhill/losses/list.h"
#include "downhill/nn/sequential.h"
#include "downhill/optim/list.h"
#include "downhill/tensor/product.h"
#include "downhill/train/fit.h"
#include "tests/support/bits.h"
#include "tests/support/points.h"

// A whole training run gives the same bits for any number of threads. threads_openblas_test.py runs
// this file again with the other build of OpenBLAS.

namespace downhill {
namespace {

using Weights = std::vector<std::pair<std::string, Tensor>>;

/// Odd sizes, wide enough that products, activations, loss and optimizer all use several threads.
Weights run(Type type, const char* method) {
  Random random(3);
  nn::Sequential model(nn::Linear(67, 331, random), nn::gelu, nn::Dropout(0.2, 5),
                       nn::Linear(331, 211, random), nn::relu, nn::Linear(211, 10, random));
  model.to(type);
  Optimizer optimizer(Method::parse(method), model.parameters());
  const Dataset train(points({511, 67}, 1, -1, 1, type), labels({511}, 10, 2));
  const FitResult result = fit(model, optimizer, CrossEntropy{}, train, &train,
                               {.epochs = 2, .batch = 203, .seed = 9, .explain = false});
  Weights all = {{"train_loss", Tensor::scalar(result.train_loss, Type::f64)},
                 {"validation_loss", Tensor::scalar(*result.validation_loss, Type::f64)}};
  for (const StepRecord& step : result.log.steps) {
    all.emplace_back("loss", Tensor::scalar(step.loss, Type::f64));
    all.emplace_back("gradient_norm", Tensor::scalar(*step.gradient_norm, Type::f64));
  }
  for (const Parameter& p : model.state()) all.emplace_back(p.name, p.tensor);
  for (const auto& [name, tensor] : optimizer.state()) all.emplace_back(name, tensor);
  return all;
}

class ThreadedRun : public testing::TestWithParam<const char*> {};

TEST_P(ThreadedRun, GivesTheSameBitsForAnyNumberOfThreads) {
  for (const Type type : {Type::f32, Type::f64}) {
    Weights one;
    for (int count = 1; count <= 4; ++count) {
      const Threads threads(count);
      const Weights now = run(type, GetParam());
      if (count == 1) one = now;
      EXPECT_TRUE(same_bits(now, one)) << count << " threads, " << name_of(type);
    }
  }
}

TEST_P(ThreadedRun, GivesTheSameBitsTwice) {
  EXPECT_TRUE(same_bits(run(Type::f32, GetParam()), run(Type::f32, GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Optimizers, ThreadedRun,
                         testing::Values("sgd:lr=0.1,momentum=0.9", "adamw:lr=0.003",
                                         "lbfgs:max_trials=4",
                                         "newton_cg:max_products=2,max_trials=3"));

// Where a build of OpenBLAS is asked for, it is the one in the process.
TEST(ThreadedBlas, IsTheOneThatWasAskedFor) {
  const char* wanted = std::getenv("DOWNHILL_TEST_OPENBLAS");
  if (wanted == nullptr) GTEST_SKIP() << "DOWNHILL_TEST_OPENBLAS names no build of OpenBLAS";
  const std::string description = blas_description();  // loads it
  std::ifstream in("/proc/self/maps");
  const std::string maps{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(maps.find(wanted), std::string::npos) << wanted << " is not loaded; " << description;
}

}  // namespace
}  // namespace downhill
