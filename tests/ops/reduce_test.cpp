#include "downhill/ops/reduce.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "downhill/ops/arithmetic.h"
#include "tests/support/points.h"

// Sums of many alike floats, where rounding in float goes in one direction: the exact sum is the
// count times the float, in double.

namespace downhill {
namespace {

void expect_close(double got, double want, double tolerance) {
  EXPECT_NEAR(got, want, tolerance * std::abs(want));
}

constexpr double kHalfUlp = 6e-8;  // of the float that the result is

TEST(Reduce, SumsOfAlikeFloatsAreExact) {
  const double tenth = static_cast<double>(0.1f), other = static_cast<double>(1.23456f);
  // A float result is the exact sum rounded once: bit for bit.
  EXPECT_EQ(sum(Tensor::full({5, 68, 64, 64}, 0.1)).item(),
            static_cast<double>(static_cast<float>(1392640 * tenth)));
  EXPECT_EQ(sum(Tensor::full({250, 250}, 1.23456)).item(),
            static_cast<double>(static_cast<float>(62500 * other)));
  const Tensor square = Tensor::full({1000, 1000}, 9991.3);
  const double each = square.at(0);
  EXPECT_EQ(mean(square).item(), each);
  for (const int axis : {0, 1}) {
    EXPECT_EQ(mean(square, axis).at(7), each) << axis;
    EXPECT_EQ(sum(square, axis).at(7), static_cast<double>(static_cast<float>(1000 * each)));
  }
}

TEST(Reduce, LossesOfAlikeRowsAreExact) {
  const std::int64_t n = 1392640;
  const double p = static_cast<double>(0.2f);
  const Tensor x = Tensor::full({n}, 0.2), y = Tensor::ones({n});
  expect_close(Loss(BCEWithLogits{})(x, y).item(), std::log1p(std::exp(-p)), kHalfUlp * 2);
  const Tensor far = Tensor::full({n}, 100.1), zero = Tensor::zeros({n});
  const double d = static_cast<double>(100.1f);
  expect_close(Loss(MSE{})(far, zero).item(), d * d, kHalfUlp * 2);
  expect_close(Loss(Huber{})(far, zero).item(), d - 0.5, kHalfUlp * 2);
  EXPECT_EQ(Loss(MAE{})(far, zero).item(), d);
}

TEST(Reduce, SumsOfEveryLength) {
  for (const Type type : {Type::f32, Type::f64}) {
    for (std::int64_t n = 0; n < 70; ++n) {
      const Tensor x = points({n}, 5, -1, 3, type);
      double whole = 0, squares = 0;
      for (const double v : x.to_vector()) {
        whole += v;
        squares += v * v;
      }
      const double tolerance = type == Type::f32 ? 1e-6 : 1e-14;
      EXPECT_NEAR(sum(x).item(), whole, tolerance * 100);
      EXPECT_NEAR(norm(x).item(), std::sqrt(squares), tolerance * 20);
    }
  }
}

TEST(Reduce, NormDoesNotOverflowOrVanish) {
  const double big = static_cast<double>(1e30f), small = static_cast<double>(1e-30f);
  EXPECT_NEAR(norm(Tensor::full({100}, 1e30)).item() / (10 * big), 1, 1e-6);
  EXPECT_NEAR(norm(Tensor::full({100}, 1e-30)).item() / (10 * small), 1, 1e-6);
  for (const double v : {3e200, 3e-200, 5e-324 * 1024}) {
    EXPECT_NEAR(norm(Tensor::full({16}, v, Type::f64)).item() / (4 * v), 1, 1e-14) << v;
    const Tensor slope = value_and_grad([](const Tensors& x) { return norm(x[0]); },
                                        {Tensor::full({16}, v, Type::f64)})
                             .gradients[0];
    EXPECT_NEAR(slope.at(3), 0.25, 1e-14) << v;
  }
  EXPECT_EQ(norm(Tensor::zeros({3})).item(), 0);
  EXPECT_TRUE(std::isinf(norm(Tensor::full({3}, std::numeric_limits<double>::infinity())).item()));
  EXPECT_TRUE(std::isnan(norm(Tensor::full({3}, std::nan(""))).item()));
}

// x / |x|, and its own derivative (u - x (x u) / |x|^2) / |x|, by hand.
TEST(Reduce, NormToSecondOrder) {
  const Tensor x = Tensor::from(std::vector<double>{3, 4, 12}),
               u = Tensor::from(std::vector<double>{1, -2, 5});
  const ScalarFunction f = [](const Tensors& at) { return norm(at[0]); };
  const auto [value, gradients] = value_and_grad(f, {x});
  EXPECT_EQ(value.item(), 13);
  const Tensor product = HessianProduct(f, {x})({u})[0];
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(gradients[0].at(i), x.at(i) / 13, 1e-15);
    EXPECT_NEAR(product.at(i), (u.at(i) - x.at(i) * (3 - 8 + 60) / 169) / 13, 1e-15);
  }
}

}  // namespace
}  // namespace downhill
