#include <atomic>
#include <cmath>
#include <cstring>
#include <functional>
#include <thread>

#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/compare.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/index.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

Tensor leaf(std::vector<double> values) {
  Tensor x = Tensor::from(values);
  x.requires_grad(true);
  return x;
}
using Values = std::vector<double>;

TEST(Backward, GradientsAddUpUntilZeroed) {
  Tensor x = leaf({1, 2, 3});
  sum(x * x).backward();
  EXPECT_EQ(x.grad().to_vector(), (Values{2, 4, 6}));
  sum(x * x).backward();
  EXPECT_EQ(x.grad().to_vector(), (Values{4, 8, 12}));
  x.zero_grad();
  EXPECT_FALSE(x.grad().defined());
}

TEST(Backward, ASecondCallThrowsAndNamesTheOperation) {
  Tensor x = leaf({1, 2});
  const Tensor loss = sum(exp(x));
  loss.backward();
  const Values once = x.grad().to_vector();
  expect_usage([&] { loss.backward(); }, "[sum]", "already called", "retain_graph");
  // Through a part that was consumed with another root, too.
  const Tensor middle = exp(x);
  sum(middle).backward();
  expect_usage([&] { sum(middle * 2.0).backward(); }, "already called");
  EXPECT_EQ(x.grad().at(0), 2 * once[0]);
}

TEST(Backward, RetainGraphAllowsMore) {
  Tensor x = leaf({1, 2});
  const Tensor loss = sum(x * x * x);
  loss.backward(true);
  loss.backward(true);
  loss.backward();
  EXPECT_EQ(x.grad().to_vector(), (Values{9, 36}));
  expect_usage([&] { loss.backward(); }, "already called");
  Loss mse = MSE{};
  Tensor p = leaf({1, 5});
  const Tensor fused = mse(p, Tensor({0.0, 0.0}, Type::f64));
  fused.backward(true);
  fused.backward(true);
  EXPECT_EQ(p.grad().to_vector(), (Values{2, 10}));
}

TEST(Backward, AGradientSharedByTwoLeavesIsNotShared) {
  Tensor a = leaf({1, 2}), b = leaf({3, 4});
  sum(a + b).backward();
  sum(a * 3.0).backward();
  EXPECT_EQ(a.grad().to_vector(), (Values{4, 4}));
  EXPECT_EQ(b.grad().to_vector(), (Values{1, 1}));
  Tensor c = leaf({1, 2}), d = leaf({3, 4});
  const Tensor seed({5.0, 6.0}, Type::f64);
  (c + d).backward(seed);
  (c + d).backward(seed);
  EXPECT_EQ(seed.to_vector(), (Values{5, 6}));
  EXPECT_EQ(c.grad().to_vector(), (Values{10, 12}));
  EXPECT_EQ(d.grad().to_vector(), (Values{10, 12}));
  EXPECT_FALSE(c.grad().shares(d.grad()));
}

TEST(Backward, AFactorOnTheLoss) {
  Tensor p = leaf({1, 5});
  const Tensor y({0.0, 0.0}, Type::f64);
  const Tensor loss = Loss(MSE{})(p, y);
  (0.5 * loss).backward(true);
  EXPECT_EQ(p.grad().to_vector(), (Values{0.5, 2.5}));
  (loss * -2.0 + 0.5 * loss).backward();
  EXPECT_EQ(p.grad().to_vector(), (Values{-1, -5}));
  Tensor q = leaf({2});
  (-(3.0 - 2.0 * sum(q * q)) / 4.0).backward();
  EXPECT_EQ(q.grad().at(0), 2);
}

TEST(Backward, DiamondsAndReuse) {
  Tensor x = leaf({2});
  const Tensor a = x * x, b = a * x, c = a + b;
  (c * a + c).backward(Tensor({1.0}, Type::f64));  // x^4 + x^5 + x^2 + x^3
  EXPECT_DOUBLE_EQ(x.grad().at(0), 4 * 8 + 5 * 16 + 2 * 2 + 3 * 4);
  Tensor y = leaf({3});
  Tensor z = y + y;
  z = z + z;
  z.backward();
  EXPECT_EQ(y.grad().at(0), 4);
}

TEST(Backward, AChainOfAMillionNodes) {
  Tensor x = Tensor::ones({1}, Type::f64);
  x.requires_grad(true);
  Tensor y = x;
  for (int i = 0; i < 1000000; ++i) y = y + 1e-6;
  EXPECT_NEAR(y.item(), 2, 1e-6);
  y.backward();
  EXPECT_EQ(x.grad().item(), 1);
}

TEST(Backward, AMillionNodesDieWithoutBackward) {
  Tensor x = Tensor::ones({1}, Type::f64);
  x.requires_grad(true);
  {
    Tensor y = x;
    for (int i = 0; i < 1000000; ++i) y = y * x;
  }
  {
    Tensor y = x;
    for (int i = 0; i < 100000; ++i) y = y * x + y;  // two ways through every step
    y = Tensor();
  }
  EXPECT_FALSE(x.grad().defined());
}

TEST(Backward, AStaleValueThrowsAndNamesTheOperation) {
  Tensor x = leaf({1, 2}), w = leaf({3, 4});
  const Tensor product = sum(x * w);
  w.set(0, 7);
  expect_usage([&] { product.backward(); }, "[multiply]", "overwritten in place", "(2)");
  EXPECT_FALSE(x.grad().defined());
  const Tensor e = sum(exp(x));
  x.fill(0);
  expect_usage([&] { e.backward(); }, "[exp]", "overwritten");
  Tensor index = Tensor({0.0, 0.0}, Type::i64), mask({1.0, 0.0}, Type::u8);
  const Tensor g = sum(gather(x, index)), m = sum(where(mask, x, 2.0 * x));
  index.set(0, 1);
  mask.set(0, 0);
  expect_usage([&] { g.backward(); }, "[gather]", "overwritten");
  expect_usage([&] { m.backward(); }, "[where]", "overwritten");
  Tensor p = leaf({1});
  const Tensor each = Loss(MSE{}).each(p, Tensor({0.0}, Type::f64));
  p.fill(3);
  expect_usage([&] { each.backward(); }, "[mse]", "overwritten");
}

TEST(Backward, WhatDoesNotNeedTheOldValueMayBeOverwritten) {
  Tensor x = leaf({1, 2});
  const Tensor s = sum(x + 3.0);
  x.fill(5);
  s.backward();
  EXPECT_EQ(x.grad().to_vector(), (Values{1, 1}));
}

TEST(Backward, AnExceptionInsideLeavesEveryGradUntouched) {
  Tensor a = leaf({1, 2}), b = leaf({3, 4});
  sum(a).backward();
  const Tensor late = b * b;
  const Tensor loss = sum(a * 2.0) + sum(late);
  b.set(0, 9);
  expect_usage([&] { loss.backward(); }, "overwritten");
  EXPECT_EQ(a.grad().to_vector(), (Values{1, 1}));
  EXPECT_FALSE(b.grad().defined());
  sum(a * b).backward();  // and the leaves still work
  EXPECT_EQ(a.grad().to_vector(), (Values{10, 5}));
  EXPECT_EQ(b.grad().to_vector(), (Values{1, 2}));
}

TEST(Backward, MisuseIsRefused) {
  Tensor x = leaf({1, 2});
  expect_usage([&] { (x * 2.0).backward(); }, "[backward]", "(2)");
  expect_usage([&] { (x * 2.0).backward(Tensor({1.0}, Type::f64)); }, "(2)", "(1)");
  expect_usage([&] { (x * 2.0).backward(Tensor{1, 1}); }, "float64", "float32");
  expect_usage([&] { sum(x.detach()).backward(); }, "requires a gradient");
  expect_usage([&] { Tensor().backward(); }, "undefined");
  Tensor y = x * 2.0;
  expect_usage([&] { y.requires_grad(false); }, "detach()");
  expect_usage([&] { x.set_grad(Tensor::zeros({3}, Type::f64)); }, "(2)", "(3)");
  expect_usage([&] { Tensor({1.0}).set_grad(Tensor({1.0})); }, "not a leaf");
}

TEST(Backward, NothingIsRecordedInsideNoGraph) {
  Tensor x = leaf({1, 2});
  {
    const NoGraph off;
    EXPECT_FALSE((x * x).requires_grad());
    EXPECT_FALSE(recording());
  }
  EXPECT_TRUE((x * x).requires_grad());
  EXPECT_FALSE(x.detach().requires_grad());
  EXPECT_TRUE(x.is_leaf());
  EXPECT_FALSE((x * x).is_leaf());
}

TEST(Backward, TrainingStepsAllocateNothingAfterTheSecond) {
  Tensor w = points({16, 8}, 1, -1, 1, Type::f32), b = Tensor::zeros({16});
  w.requires_grad(true);
  b.requires_grad(true);
  const Tensor x = points({5, 8}, 2, -1, 1, Type::f32), y = points({5, 16}, 3, -1, 1, Type::f32);
  const Loss loss = Huber{};
  const auto step = [&] {
    w.zero_grad();
    b.zero_grad();
    loss(tanh(linear(x, w, b)), y).backward();
  };
  step();
  step();
  const std::int64_t before = pool::system_allocations();
  for (int i = 0; i < 20; ++i) step();
  EXPECT_EQ(pool::system_allocations(), before);
}

TEST(Backward, RefusesUndefinedSeedsAndGradients) {
  Tensor x({1.0}, Type::f64);
  x.requires_grad(true);
  expect_usage([&] { x.set_grad(Tensor()); }, "[set_grad]", "gradient", "undefined");
  expect_usage([&] { (x * 2.0).backward(Tensor()); }, "[backward]", "seed", "undefined");
}

TEST(Backward, AGradientOfAnotherTypeIsRefusedAndTheFormerKept) {
  Tensor x({1.0}, Type::f32);
  x.requires_grad(true);
  (x * 2.0).backward();
  x.convert(Type::f64);
  expect_usage([&] { (x * 2.0).backward(); }, "float32", "float64");
  EXPECT_EQ(x.grad().item(), 2);
}

TEST(Backward, ConvertingThereAndBackDoesNotHideAWrite) {
  Tensor x({2.0}, Type::f32);
  x.requires_grad(true);
  x.fill(2);
  const Tensor y = sum(x * x);
  x.convert(Type::f64);
  x.fill(100);
  x.convert(Type::f32);
  expect_usage([&] { y.backward(); }, "overwritten");
}

// Threads that share parameters: each gets its own gradients, and what is added to the leaves is the sum.
TEST(Backward, PassesOfSeveralThreadsShareLeaves) {
  constexpr int kThreads = 6, kTimes = 300;
  Tensor w = Tensor::from(std::vector<double>{0.5, -1, 2}),
         x = Tensor::from(std::vector<double>{1, 2, 3});
  w.requires_grad(true), x.requires_grad(true);
  const auto loss = [&] { return sum(square(w * x + w) + w); };
  const auto expected = gradients(loss(), {w, x});
  std::atomic<int> wrong = 0;
  const auto in_threads = [&](const std::function<void()>& work) {
    std::vector<std::thread> all;
    for (int t = 0; t < kThreads; ++t)
      all.emplace_back([&] {
        try {
          for (int i = 0; i < kTimes; ++i) work();
        } catch (const std::exception&) {
          ++wrong;
        }
      });
    for (std::thread& thread : all) thread.join();
  };
  in_threads([&] {
    const auto found = gradients(loss(), {w, x});
    for (int k = 0; k < 2; ++k)
      wrong += found[static_cast<std::size_t>(k)].to_vector() !=
               expected[static_cast<std::size_t>(k)].to_vector();
  });
  EXPECT_EQ(wrong, 0);
  in_threads([&] { loss().backward(); });
  EXPECT_EQ(wrong, 0);
  for (std::int64_t i = 0; i < 3; ++i)
    EXPECT_NEAR(w.grad().at(i), kThreads * kTimes * expected[0].at(i),
                1e-9 * std::abs(w.grad().at(i)));
}

}  // namespace
}  // namespace downhill
