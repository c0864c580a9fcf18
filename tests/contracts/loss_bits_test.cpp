// The bits of every loss, its gradient and its curvature do not depend on the number of threads.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

std::vector<double> joined(const Tensors& tensors) {
  std::vector<double> all;
  for (const Tensor& t : tensors)
    for (const double v : t.to_vector()) all.push_back(v);
  return all;
}

// Every loss at a size that is not round, by name.
std::vector<std::pair<Loss, std::function<std::pair<Tensors, Tensor>(std::int64_t)>>> sized() {
  const auto plain = [](std::int64_t n) {
    return std::pair(Tensors{points({n}, 1, -2, 2, Type::f32)}, points({n}, 2, 0, 1, Type::f32));
  };
  const auto two = [](std::int64_t n) {
    return std::pair(Tensors{points({n}, 1, -2, 2, Type::f32), points({n}, 3, 0.1, 2, Type::f32)},
                     points({n}, 2, 0, 1, Type::f32));
  };
  const auto rows = [](std::int64_t n) {
    return std::pair(Tensors{points({n, 5}, 1, -2, 2, Type::f32)}, labels({n}, 5, 2));
  };
  const auto vectors = [](std::int64_t n) {
    return std::pair(
        Tensors{points({n, 3}, 1, -2, 2, Type::f32), points({n, 3}, 2, -2, 2, Type::f32),
                points({n, 3}, 3, -2, 2, Type::f32)},
        Tensor());
  };
  const auto region = [](std::int64_t n) {
    return std::pair(Tensors{points({3, n}, 1, 0, 1, Type::f32)},
                     points({3, n}, 2, 0, 1, Type::f32));
  };
  return {{MSE{}, plain},
          {MAE{}, plain},
          {Huber{}, plain},
          {BCEWithLogits{}, plain},
          {GaussianNLL{}, two},
          {CrossEntropy{}, rows},
          {CrossEntropy{.label_smoothing = 0.1}, rows},
          {Dice{}, region},
          {Dice{.over = "pooled"}, region},
          {Triplet{}, vectors},
          {pointwise_text("(p-y)^2 * exp(-p)"), plain}};
}

TEST(LossBits, SameBitsForOneToFourThreads) {
  for (const auto& [loss, make] : sized()) {
    for (const std::int64_t n : {1, 4095, 4096, 4097, 100003}) {
      const auto [predictions, target] = make(n);
      std::vector<double> first;
      for (int threads = 1; threads <= 4; ++threads) {
        const Threads chosen(threads);
        const auto f = [&, &l = loss, &y = target](const Tensors& p) {
          return l.apply(p, y, {}, Reduction::mean);
        };
        const auto r = value_and_grad(f, predictions);
        std::vector<double> all = joined(r.gradients);
        all.push_back(r.value.item());
        for (const double v : joined(hvp(f, predictions, predictions))) all.push_back(v);
        if (threads == 1) first = all;
        EXPECT_EQ(std::memcmp(first.data(), all.data(), all.size() * sizeof(double)), 0)
            << loss.name() << " n " << n << " threads " << threads;
      }
    }
  }
}

}  // namespace
}  // namespace downhill
