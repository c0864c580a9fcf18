// A training step allocates nothing after the second: neither by operator new, nor does the pool
// ask the system.
#include <gtest/gtest.h>

#include <functional>

#include "downhill/core/pool.h"
#include "downhill/downhill.h"
#include "tests/support/counting_new.h"

namespace downhill {
namespace {

std::int64_t allocations_so_far() { return operator_new_calls() + pool::system_allocations(); }

std::int64_t allocations_after_the_second(const std::function<void()>& step) {
  step();
  step();
  const std::int64_t before = allocations_so_far();
  for (int i = 0; i < 20; ++i) step();
  return allocations_so_far() - before;
}

std::int64_t allocations(const Method& method, const Loss& criterion, const Tensor& x,
                         const Tensor& y, std::int64_t outputs) {
  nn::Sequential model(nn::Linear(x.size(1), 48), nn::relu, nn::Linear(48, 24), nn::tanh,
                       nn::Linear(24, outputs));
  Optimizer optimizer(method, model.parameters());
  return allocations_after_the_second([&] {
    optimizer.zero_grad();
    const Tensor loss = criterion(model(x), y);
    loss.backward();
    optimizer.step();
  });
}

Tensor normal(const Shape& shape) {
  Random random(1);
  return random_normal(random, shape, 0, 1, Type::f32);
}

TEST(Allocation, TheCounterCounts) {
  const std::int64_t before = operator_new_calls();
  ::operator delete(::operator new(1));  // a new-expression may be optimised away
  EXPECT_EQ(operator_new_calls(), before + 1);
}

TEST(Allocation, TutorialStep) {
  const Tensor x = {{1}, {2}, {3}, {4}}, y = {{3}, {5}, {7}, {9}};
  nn::Linear model(1, 1);
  const Loss criterion = MSE{};
  Optimizer optimizer(SGD{.lr = 0.01}, model.parameters());
  EXPECT_EQ(allocations_after_the_second([&] {
              optimizer.zero_grad();
              const Tensor loss = criterion(model(x), y);
              loss.backward();
              optimizer.step();
            }),
            0);
}

TEST(Allocation, NetworksOfAllSizes) {
  for (const std::int64_t rows : {1, 7, 64, 2000}) {
    const Tensor x = normal({rows, 100}), y = normal({rows, 3});
    Tensor labels = Tensor::zeros({rows}, Type::i64);
    EXPECT_EQ(allocations(SGD{.momentum = 0.9}, MSE{}, x, y, 3), 0) << rows;
    EXPECT_EQ(allocations(Adam{}, Huber{}, x, y, 3), 0) << rows;
    EXPECT_EQ(allocations(AdamW{}, CrossEntropy{}, x, labels, 10), 0) << rows;
  }
}

TEST(Allocation, OptimizersOfAllKinds) {
  const Tensor x = normal({32, 5}), y = normal({32, 3});
  for (const char* spec :
       {"lamb", "adafactor", "muon", "schedule_free_adamw", "lookahead",
        "clip_by_global_norm | adamw | ema", "adam | clip_by_global_norm | add_decayed_weights",
        "accumulate:steps=3 | adam", "skip_non_finite | sgd:momentum=0.9",
        "adam:lr=(cosine:start=0.01,steps=100)"})
    EXPECT_EQ(allocations(Method::parse(spec), MSE{}, x, y, 3), 0) << spec;
}

TEST(Allocation, LossesOfOnesOwn) {
  const Tensor x = normal({32, 5}), y = normal({32, 1});
  const Loss lambda = pointwise([](auto p, auto t) {
    auto e = t - p;
    return where(e > 0, 10 * e * e, e * e);
  });
  EXPECT_EQ(allocations(Adam{}, lambda, x, y, 1), 0);
  EXPECT_EQ(allocations(Adam{}, pointwise_text("where(y > p, 10*(y-p)^2, (y-p)^2)"), x, y, 1), 0);
}

}  // namespace
}  // namespace downhill
