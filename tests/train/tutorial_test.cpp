#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "downhill/downhill.h"

// The tutorial: y = 2x + 1 at x = 1, 2, 3, 4, a linear model, mean squared error, gradient descent.
// The loss is e' H e / 2 with e = (weight - 2, bias - 1) and H = [[15, 5], [5, 2]], so that after t
// updates it is a r1^(2t) + b r2^(2t), r = 1 - rate * eigenvalue.

namespace downhill {
namespace {

const double kRoot = std::sqrt(269.0);
const double kLarge = (17 + kRoot) / 2, kSmall = (17 - kRoot) / 2;
constexpr int kUpdates[] = {19, 39, 59, 79, 99};  // before the loss of epochs 20, 40, ... 100
constexpr double kPrinted[] = {0.0521, 0.0124, 0.0030, 0.0007, 0.0002};

/// Shares of a start in the two directions: loss = a + b at t = 0.
struct Shares {
  double a, b;
  Shares(double weight, double bias) {
    const double w = weight - 2, c = bias - 1;
    // Eigenvector of the larger eigenvalue: (5, kLarge - 15); the other one is orthogonal to it.
    const double u = 5, v = kLarge - 15, size = std::hypot(u, v);
    const double along = (w * u + c * v) / size, across = (-w * v + c * u) / size;
    a = kLarge * along * along / 2;
    b = kSmall * across * across / 2;
  }
  double loss(double rate, int t) const {
    return a * std::pow(1 - rate * kLarge, 2 * t) + b * std::pow(1 - rate * kSmall, 2 * t);
  }
};

/// The tutorial's program in float64 from a stated start; the losses of 100 epochs.
std::vector<double> train(double weight, double bias, double rate) {
  const Tensor x({{1}, {2}, {3}, {4}}, Type::f64), y({{3}, {5}, {7}, {9}}, Type::f64);
  nn::Linear model(1, 1);
  model.to(Type::f64);
  model.load({{"weight", Tensor({{weight}}, Type::f64)}, {"bias", Tensor({bias}, Type::f64)}});
  const Loss criterion = MSE{};
  Optimizer optimizer(SGD{.lr = rate}, model.parameters());
  std::vector<double> losses;
  for (int epoch = 1; epoch <= 100; ++epoch) {
    optimizer.zero_grad();
    const Tensor loss = criterion(model(x), y);
    loss.backward();
    optimizer.step();
    losses.push_back(loss.item());
  }
  return losses;
}

std::string printed(double loss) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4f", loss);
  return text;
}

TEST(Tutorial, LossesFollowTheClosedForm) {
  for (const auto& [weight, bias] : {std::pair(0.5, 0.25), {-0.3, 0.8}, {2.0, 0.0}, {10.0, -7.0}}) {
    const Shares shares(weight, bias);
    for (const double rate : {0.01, 2.0 / 17}) {
      const auto losses = train(weight, bias, rate);
      for (int t = 0; t < 100; ++t)
        EXPECT_NEAR(losses[static_cast<std::size_t>(t)], shares.loss(rate, t), 1e-9)
            << rate << " " << t;
    }
  }
}

// The smallest loss at epoch 60 among all starts (a, b >= 0) that print the first two figures: a
// linear programme in two unknowns, whose least value stands at a corner.
TEST(Tutorial, NoStartPrintsItsFiguresAtRateOneHundredth) {
  const auto power = [](double eigenvalue, int t) {
    return std::pow(1 - 0.01 * eigenvalue, 2 * t);
  };
  const double a1 = power(kLarge, 19), b1 = power(kSmall, 19), a2 = power(kLarge, 39),
               b2 = power(kSmall, 39);
  double least = HUGE_VAL;
  int corners = 0;
  const auto consider = [&](double a, double b) {
    const double first = a * a1 + b * b1, second = a * a2 + b * b2, slack = 1e-9;
    if (!(a >= 0 && b >= 0) || std::abs(first - 0.0521) > 5e-5 + slack ||
        std::abs(second - 0.0124) > 5e-5 + slack)
      return;
    ++corners;
    least = std::min(least, a * power(kLarge, 59) + b * power(kSmall, 59));
  };
  for (const double first : {0.05205, 0.05215}) {
    consider(first / a1, 0), consider(0, first / b1);
    for (const double second : {0.01235, 0.01245}) {
      const double det = a1 * b2 - a2 * b1;
      consider((first * b2 - second * b1) / det, (a1 * second - a2 * first) / det);
      consider(second / a2, 0), consider(0, second / b2);
    }
  }
  EXPECT_GE(corners, 4);
  EXPECT_GT(least, 0.0109);
  EXPECT_LT(least, 0.0111);
}

TEST(Tutorial, RateTwoSeventeenthsPrintsItsFigures) {
  // Both directions shrink alike; a start along the first eigenvector whose loss after 19 updates
  // is 0.0521.
  const double shrink = std::pow(1 - 2 * kLarge / 17, 2), start = 0.0521 / std::pow(shrink, 19);
  EXPECT_NEAR(shrink, 0.9308, 5e-5);
  EXPECT_NEAR(std::pow(1 - 2 * kSmall / 17, 2), shrink, 1e-12);
  const double u = 5, v = kLarge - 15, length = std::sqrt(2 * start / kLarge) / std::hypot(u, v);
  const auto losses = train(2 + length * u, 1 + length * v, 2.0 / 17);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(printed(losses[static_cast<std::size_t>(kUpdates[i])]), printed(kPrinted[i])) << i;
}

}  // namespace
}  // namespace downhill
