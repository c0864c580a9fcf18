// The bits of every loss, its gradient and its curvature do not depend on the number of threads.
#include <gtest/gtest.h>

#include <cstring>

#include "downhill/autodiff/functional.h"
#include "tests/contracts/loss_samples.h"

namespace downhill {
namespace {

using namespace contract;

std::vector<Sample> sized(std::int64_t n) {
  std::vector<Sample> all = samples(n, Type::f32);
  for (const Loss& loss :
       {Loss(CrossEntropy{.label_smoothing = 0.1}), pointwise_text("(p-y)^2 * exp(-p)"),
        Loss(BCEWithLogits{.pos_weight = 3}), Loss(Dice{.over = Over::pooled}),
        Loss(Dice{.over = Over::of_class, .from = From::class_logits})})
    all.push_back(sample_of(loss, n, Type::f32));
  return all;
}

std::vector<double> results(const Sample& s) {
  const auto mean = [&](const Tensors& p) { return s.loss(p, s.targets); };
  const auto r = value_and_grad(mean, s.predictions);
  std::vector<double> all = joined(r.gradients);
  all.push_back(r.value.item());
  for (const double v : joined(hvp(mean, s.predictions, s.predictions))) all.push_back(v);
  return all;
}

TEST(LossBits, SameBitsForOneToFourThreads) {
  for (const std::int64_t n : {1, 4095, 4097, 70003})
    for (const Sample& s : sized(n)) {
      std::vector<double> first;
      for (int threads = 1; threads <= 4; threads += threads == 2 ? 2 : 1) {
        const Threads chosen(threads);
        const std::vector<double> all = results(s);
        if (threads == 1) first = all;
        ASSERT_EQ(first.size(), all.size());
        EXPECT_EQ(std::memcmp(first.data(), all.data(), all.size() * sizeof(double)), 0)
            << s.title() << " n " << n << " threads " << threads;
      }
    }
}

}  // namespace
}  // namespace downhill
