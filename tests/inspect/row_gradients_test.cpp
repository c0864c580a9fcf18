#include "downhill/inspect/row_gradients.h"

#include <gtest/gtest.h>

#include "downhill/autodiff/tap.h"
#include "downhill/core/error.h"
#include "downhill/losses/cross_entropy.h"
#include "downhill/losses/loss.h"
#include "downhill/losses/mse.h"
#include "downhill/nn/embeddings.h"
#include "downhill/nn/linear.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/index.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/random.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"

namespace downhill {
namespace {

Tensor leaf(const Shape& shape, std::uint64_t seed, Type type = Type::f64) {
  Random random(seed);
  Tensor t = random_normal(random, shape, 0, 0.6, type);
  t.requires_grad(true);
  return t;
}
Tensor rows_of(const Shape& shape, std::uint64_t seed, Type type = Type::f64) {
  Random random(seed);
  return random_normal(random, shape, 0, 1, type);
}

// Against one backward pass for each row.
void compare(const std::function<Tensor()>& each, const Tensors& p, double tolerance = 1e-12) {
  const std::vector<double> found = row_gradient_norms2([&] { return sum(each()); }, p);
  const std::int64_t rows = each().elements();
  ASSERT_EQ(found.size(), static_cast<std::size_t>(rows));
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::vector<double> g = flatten(gradients(sum(slice(each(), i, i + 1, 0)), p));
    const double wanted = flat::dot(g, g);
    EXPECT_NEAR(found[static_cast<std::size_t>(i)], wanted, tolerance * wanted) << i;
  }
}

TEST(RowGradients, OfANetworkAgainstOneBackwardForEachRow) {
  const Tensor x = rows_of({23, 3}, 1), y = rows_of({23, 2}, 2);
  const Tensors p{leaf({5, 3}, 3), leaf({5}, 4), leaf({2, 5}, 5), leaf({2}, 6)};
  compare(
      [&] {
        const Tensor z = linear(tanh(linear(x, p[0], p[1])), p[2], p[3]);
        return sum(square(z - y), 1);
      },
      p);
}

TEST(RowGradients, OfClassesInFloat32) {
  const Tensor x = rows_of({40, 6}, 1, Type::f32);
  std::vector<std::int64_t> labels;
  for (int i = 0; i < 40; ++i) labels.push_back(i * 7 % 4);
  const Tensor y = Tensor::from(labels, {40});
  const Tensors p{leaf({4, 6}, 3, Type::f32), leaf({4}, 4, Type::f32)};
  compare([&] { return Loss(CrossEntropy{}).each(linear(x, p[0], p[1]), y); }, p, 1e-5);
}

TEST(RowGradients, AWeightThatIsUsedTwice) {
  const Tensor x = rows_of({9, 4}, 1);
  const Tensors p{leaf({4, 4}, 3), leaf({4}, 4)};
  compare([&] { return sum(linear(tanh(linear(x, p[0], p[1])), p[0], p[1]), 1); }, p);
}

TEST(RowGradients, RowsOfAnEmbedding) {
  const Tensor code = Tensor::from(std::vector<std::int64_t>{0, 2, 2, 1, 0, 2}, {6});
  const Tensor other = Tensor::from(std::vector<std::int64_t>{0, 1, 2, 1, 1, 0}, {6});
  const Tensors p{leaf({3, 2}, 3), leaf({1, 4}, 4)};
  compare(
      [&] {
        const Tensor both = concat({gather(p[0], code), gather(p[0], other)}, 1);
        return square(linear(both, p[1])).reshape({6});
      },
      p);
}

TEST(RowGradients, WhatIsNoLayerIsRefused) {
  const Tensor x = rows_of({9, 4}, 1);
  const Tensors p{leaf({1, 4}, 3), leaf({4}, 4)};
  const auto scaled = [&] { return sum(linear(x * p[1], p[0])); };
  EXPECT_THROW(row_gradient_norms2(scaled, p), UsageError);
  // Used by a layer and by something else: the rows' gradients miss a part.
  const auto decayed = [&] { return sum(linear(x, p[0])) + sum(square(p[0])); };
  EXPECT_THROW(row_gradient_norms2(decayed, {p[0]}), UsageError);
}

TEST(RowGradients, TheHardestRowsAndTheirShare) {
  std::vector<double> norms2(200, 1);
  norms2[17] = 400;
  norms2[150] = 900;
  norms2[3] = 4;
  const RowGradients r = row_gradients(norms2);
  EXPECT_EQ(r.hardest[0], 150);
  EXPECT_EQ(r.hardest[1], 17);
  EXPECT_EQ(r.hardest[2], 3);
  EXPECT_EQ(r.hardest.size(), 5U);
  EXPECT_EQ(r.largest, 30);
  EXPECT_EQ(r.median, 1);
  EXPECT_NEAR(r.share, 1300.0 / (1300 + 4 + 197), 1e-12);
}

TEST(Taps, AreOfThisScopeAlone) {
  const Tensor x = rows_of({2, 3}, 1), w = leaf({4, 3}, 3);
  std::vector<Tap> inner;
  const std::vector<Tap> outer = tapped([&] {
    linear(x, w);
    inner = tapped([&] {
      linear(x, w);
      linear(x, w);
    });
  });
  EXPECT_EQ(outer.size(), 1U);
  EXPECT_EQ(inner.size(), 2U);
  EXPECT_STREQ(outer[0].operation, "linear");
  EXPECT_FALSE(outer[0].bias.defined());
  EXPECT_EQ(outer[0].output.shape(), Shape({2, 4}));
  EXPECT_THROW(tapped([] { throw_usage("work", "stops"); }), UsageError);
  EXPECT_TRUE(tapped([] {}).empty());
}

// At the optimum the gradient is the rounding of a sum over rows, and no sign of another use.
TEST(RowGradients, AtTheMinimumOfALinearModel) {
  for (const Type type : {Type::f32, Type::f64}) {
    const Tensor x = rows_of({300, 3}, 1, type), y = rows_of({300, 1}, 2, type);
    const Tensors p{leaf({1, 3}, 3, type), leaf({1}, 4, type)};
    const auto each = [&] { return sum(square(linear(x, p[0], p[1]) - y), 1); };
    for (int i = 0; i < 300; ++i) {
      const Tensors g = gradients(mean(each()), p);
      for (std::size_t k = 0; k < p.size(); ++k) Tensor(p[k]).assign(p[k].detach() - g[k] * 0.3);
    }
    EXPECT_EQ(row_gradient_norms2([&] { return sum(each()); }, p).size(), 300U);
    EXPECT_THROW(
        row_gradient_norms2([&] { return sum(each()) + sum(square(p[1] * 0.1 + 0.1)); }, p),
        UsageError);
  }
}

}  // namespace
}  // namespace downhill
