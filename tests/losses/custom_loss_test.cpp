// Losses of the user's own, in every shape.
#include <cmath>

#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

using Values = std::vector<double>;

struct Quantile {
  double tau = 0.5;
  static constexpr const char* name = "quantile";
  static constexpr auto options() {
    return std::array{option<&Quantile::tau>("tau", kUnit, "the share below")};
  }
  constexpr auto operator()(auto p, auto y) const {
    return max(tau * (y - p), (tau - 1) * (y - p));
  }
};

struct Laplace {  // two predictions, no name, no options
  static constexpr int predictions = 2;
  constexpr auto operator()(auto location, auto log_scale, auto y) const {
    return log_scale + abs(location - y) * exp(-log_scale);
  }
};

struct Tversky {  // region-shaped
  static constexpr const char* name = "tversky";
  double alpha = 0.3, beta = 0.7;
  constexpr auto statistics(auto p, auto y) const {
    return std::tuple{p * y, p * (1 - y), (1 - p) * y};
  }
  constexpr auto value(auto hit, auto extra, auto missed) const {
    return 1 - (hit + 1) / (hit + alpha * extra + beta * missed + 1);
  }
};

struct Contrast {  // tensor-shaped
  static constexpr const char* name = "contrast";
  static constexpr std::array<const char*, 2> predictions = {"left", "right"};
  Tensor operator()(const Tensor& left, const Tensor& right) const {
    return sum(square(left - right), -1);
  }
};

TEST(CustomLoss, ALambdaAsTextAndAsStruct) {
  const Loss lambda = pointwise([](auto p, auto y) {
    auto e = y - p;
    return where(e > 0.0, 10 * e * e, e * e);
  });
  const Loss text = pointwise_text("where(y > p, 10*(y-p)^2, (y-p)^2)");
  const Tensor p = points({37}, 1), y = points({37}, 2), w = points({37}, 3, 0, 1);
  for (const Loss& loss : {lambda, text}) {
    const Tensor each = loss.each(p, y);
    const auto r = value_and_grad([&](const Tensors& x) { return loss.sum(x[0], y, w); }, {p});
    for (std::int64_t i = 0; i < 37; ++i) {
      const double e = y.at(i) - p.at(i), k = e > 0 ? 10 : 1;
      EXPECT_NEAR(each.at(i), k * e * e, 1e-13);
      EXPECT_NEAR(r.gradients[0].at(i), -2 * k * e * w.at(i), 1e-13);
    }
    const auto f = [&](const Tensors& x) { return loss(x[0], y, w); };
    EXPECT_LE(gradcheck_second(f, {p}).worst, 1e-6);
  }
  expect_usage([] { pointwise_text("(y - p"); }, "^");
  expect_usage([] { pointwise_text("(z - p)^2"); }, "z");
}

TEST(CustomLoss, AStructWithNameAndOptions) {
  const Loss loss = Quantile{.tau = 0.9};
  EXPECT_EQ(loss.name(), "quantile");
  EXPECT_NEAR(loss(Tensor({0.0, 0.0}, Type::f64), Tensor({1.0, -1.0}, Type::f64)).item(), 0.5,
              1e-15);
  expect_usage([] { Loss(Quantile{.tau = 2}); }, "[quantile]", "tau = 2", "[0, 1]");
  expect_usage([&] { loss(Tensor{1}, Tensor{1, 2}); }, "[quantile]", "(1)", "(2)");
}

TEST(CustomLoss, TwoPredictions) {
  const Loss loss = Laplace{};
  EXPECT_EQ(loss.predictions(), 2);
  const Tensor y = points({9}, 1), w = points({9}, 2, 0, 1);
  const Tensors at = {points({9}, 3, 3, 5), points({9}, 4)};
  const auto f = [&](const Tensors& x) { return loss({x[0], x[1]}, y, w); };
  EXPECT_LE(gradcheck(f, at).worst, 1e-8);
  EXPECT_LE(gradcheck_second(f, at).worst, 1e-6);
}

struct SoftmaxRow {  // row-shaped, labels only, weights its rows by the label
  static constexpr const char* name = "softmax_row";
  double row_weight(const auto& target) const { return static_cast<double>(target.label()) + 1; }
  auto row(const auto& x, const auto& target, auto& slope) const {
    const auto largest = x.max();
    const double w = row_weight(target);
    const auto total = slope.fill(x, [&](auto v) { return exp(v - largest); });
    const auto share = w / total;
    slope.finish([&](auto e) { return e * share; });
    slope.add(target.label(), -w);
    return w * (log(total) + (largest - x[target.label()]));
  }
};

TEST(CustomLoss, RowShaped) {
  const Loss loss = SoftmaxRow{}, ours = CrossEntropy{.weight = {1, 2, 3, 4, 5}};
  const Tensor x = points({6, 5}, 1), y = labels({6}, 5, 2), w = points({6}, 3, 0, 1);
  EXPECT_NEAR(loss(x, y, w).item(), ours(x, y, w).item(), 1e-14);
  EXPECT_EQ(loss.total_weight(x, y, w), ours.total_weight(x, y, w));
  EXPECT_LE(gradcheck_second([&](const Tensors& p) { return loss(p[0], y, w); }, {x}).worst, 1e-6);
  expect_usage([&] { loss(x, Tensor::full({6}, 5, Type::i64)); }, "[softmax_row]", "target[0] = 5",
               "[0, 5)");
  const std::string message = usage_message([&] { loss(x, Tensor::full({6}, -1, Type::i64)); });
  EXPECT_TRUE(message.ends_with("target[0] = -1 is outside [0, 5)")) << message;
}

struct EarthMover {  // row-shaped, of running sums: sum_c (sum_(b <= c) x_b - y_b)^2
  static constexpr const char* name = "earth_mover";
  double row_weight(const auto&) const { return 1; }
  auto row(const auto& x, const auto& target, auto& slope) const {
    slope.fill(x, target.smoothed(0, {}), [](auto v, auto share) { return v - share; });
    slope.prefix_sums();
    const auto distance = slope.sum([](auto d) { return d * d; });
    slope.finish([](auto d) { return 2.0 * d; });
    slope.suffix_sums();
    return distance;
  }
};

TEST(CustomLoss, RowOfRunningSums) {
  const Loss loss = EarthMover{};
  const Tensor x = points({4, 21}, 1), y = labels({4}, 21, 2);
  const Tensor each = loss.each(x, y);
  for (std::int64_t row = 0; row < 4; ++row) {
    long double sum = 0, distance = 0;
    for (std::int64_t c = 0; c < 21; ++c) {
      sum += x.at(row * 21 + c) - (c == y.data<std::int64_t>()[row] ? 1 : 0);
      distance += sum * sum;
    }
    EXPECT_NEAR(each.at(row), static_cast<double>(distance), 1e-12);
  }
  const auto f = [&](const Tensors& p) { return loss(p[0], y); };
  EXPECT_LE(gradcheck(f, {x}).worst, 1e-8);
  EXPECT_LE(gradcheck_second(f, {x}).worst, 1e-6);
}

TEST(CustomLoss, RegionShaped) {
  const Loss loss = Tversky{};
  const Tensor p = points({3, 7}, 1, 0, 1), y = labels({3, 7}, 2, 2).to(Type::f64),
               w = points({3}, 3, 0.1, 1);
  EXPECT_EQ(loss.each(p, y).shape(), (Shape{3}));
  const auto f = [&](const Tensors& x) { return loss(x[0], y, w); };
  EXPECT_LE(gradcheck(f, {p}).worst, 1e-8);
  EXPECT_LE(gradcheck_second(f, {p}).worst, 1e-6);
}

TEST(CustomLoss, TensorShaped) {
  const Loss loss = Contrast{};
  EXPECT_EQ(loss.predictions(), 2);
  EXPECT_FALSE(loss.has_target());
  const Tensor a = points({4, 3}, 1), b = points({4, 3}, 2), w = points({4}, 3, 0, 1);
  EXPECT_EQ(loss.each({a, b}).shape(), (Shape{4}));
  EXPECT_LE(gradcheck_second(
                [&](const Tensors& x) {
                  return loss({x[0], x[1]}, {}, w);
                },
                {a, b})
                .worst,
            1e-6);
  expect_usage(
      [&] {
        loss({a, points({4, 2}, 1)});
      },
      "[contrast]", "left", "right", "(4, 3)", "(4, 2)");
  EXPECT_EQ(loss({a, b}, {}, Tensor::zeros({4}, Type::f64)).item(), 0);
}

TEST(CustomLoss, AThirdDerivativeIsRefused) {
  Tensor p({1.0, 2.0}, Type::f64);
  p.requires_grad(true);
  const Tensor g = gradients(Loss(MSE{})(p, Tensor::zeros({2}, Type::f64)), {p}, true)[0];
  expect_usage([&] { gradients(sum(g), {p}, true); }, "[mse]", "third derivative");
}

}  // namespace
}  // namespace downhill
