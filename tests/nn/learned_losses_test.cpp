// Losses that hold something learned: weights of tasks, the shape of a robust loss, classes.
#include <cmath>

#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "downhill/nn/adaptive_barron.h"
#include "downhill/nn/cosine_classifier.h"
#include "downhill/nn/task_weights.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/optim/list.h"
#include "downhill/optim/optimizer.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

Tensor scalar(double value) { return Tensor::scalar(value, Type::f64); }

TEST(TaskWeights, ValueAndGradientByHand) {
  nn::TaskWeights weights({nn::TaskNoise::gaussian, nn::TaskNoise::scale});
  weights.to(Type::f64);
  weights.log_variance.set(0, std::log(4.0));
  weights.log_variance.set(1, std::log(0.5));
  const Tensor total = weights({scalar(3), scalar(0.25)});
  // 3 / (2 * 4) + 0.25 / 0.5 + log(4) / 2 + log(0.5) / 2
  EXPECT_NEAR(total.item(), 0.375 + 0.5 + 0.5 * std::log(2.0), 1e-15);
  total.backward();
  EXPECT_NEAR(weights.log_variance.grad().at(0), 0.5 - 0.375, 1e-15);
  EXPECT_NEAR(weights.log_variance.grad().at(1), 0.5 - 0.5, 1e-15);
  EXPECT_NEAR(weights.factors()[0], 0.125, 1e-15);
  EXPECT_NEAR(weights.factors()[1], 2, 1e-15);
  expect_usage([&] { weights({scalar(1)}); }, "[task_weights]", "1 losses given; expected 2");
  expect_usage(
      [&] {
        weights({scalar(1), Tensor({1.0, 2.0}, Type::f64)});
      },
      "loss 1 has shape (2)");
}

TEST(TaskWeights, LearnTheNoiseOfEachTask) {
  nn::TaskWeights weights({nn::TaskNoise::gaussian, nn::TaskNoise::scale});
  Optimizer optimizer(Adam{.lr = 0.05}, weights.parameters());
  for (int step = 0; step < 2000; ++step) {
    weights.zero_grad();
    weights({Tensor::scalar(9), Tensor::scalar(0.02)}).backward();
    optimizer.step();
  }
  EXPECT_NEAR(weights.log_variance.at(0), std::log(9.0), 1e-3);
  EXPECT_NEAR(weights.log_variance.at(1), std::log(0.04), 1e-3);
}

TEST(AdaptiveBarron, TheDensityIsNormalised) {
  nn::AdaptiveBarron loss;
  loss.to(Type::f64);
  const Tensor y = Tensor({0.7}, Type::f64);
  // alpha = 1: Z = integral of e^(1 - sqrt(1 + q^2)) = 2 e K_1(1), K_1(1) = 0.60190723019723457.
  EXPECT_NEAR(loss.alpha(), 1, 1e-15);
  EXPECT_NEAR(loss(y, y).item(), std::log(2 * std::exp(1.0) * 0.60190723019723457), 1e-12);
  const Tensor far = Tensor({0.7 + std::sqrt(8.0)}, Type::f64);
  EXPECT_NEAR(loss(far, y).item() - loss(y, y).item(), 2, 1e-12);
  loss.log_scale.set(0, std::log(3.0));
  EXPECT_NEAR(loss(y, y).item(), std::log(6 * std::exp(1.0) * 0.60190723019723457), 1e-12);
  loss.log_scale.set(0, 0);
  loss.latent_alpha.set(0, 60);  // 1.999; Z(2) = sqrt(2 pi), dZ/dalpha there is about -4
  EXPECT_NEAR(loss(y, y).item(), 0.5 * std::log(2 * std::acos(-1.0)), 2e-3);
  loss.latent_alpha.set(0, -60);  // 0.001; Z(0) = sqrt(2) pi
  EXPECT_NEAR(loss(y, y).item(), std::log(std::sqrt(2.0) * std::acos(-1.0)), 2e-3);
  expect_usage([&] { loss(y, Tensor({1.0, 2.0}, Type::f64)); }, "[adaptive_barron]", "shape");
}

TEST(AdaptiveBarron, GradientsOfAllThatIsLearned) {
  const Tensor p = points({5}, 1), y = points({5}, 2);
  nn::AdaptiveBarron loss;
  const auto f = [&](const Tensors& x) {
    nn::AdaptiveBarron at;
    at.latent_alpha = x[0];
    at.log_scale = x[1];
    return at(x[2], y);
  };
  EXPECT_LE(gradcheck(f, {scalar(0.3), scalar(-0.4), p}).worst, 1e-7);
  EXPECT_LE(gradcheck_second(f, {scalar(0.3), scalar(-0.4), p}).worst, 1e-5);
}

TEST(AdaptiveBarron, LearnsHeavyTailsFromOutliers) {
  const auto learned = [](bool outliers) {
    Tensor y = points({400}, 5, -1, 1, Type::f32);
    if (outliers)
      for (std::int64_t i = 0; i < 40; ++i) y.set(i * 10, y.at(i * 10) * 50);
    nn::AdaptiveBarron loss;
    Optimizer optimizer(Adam{.lr = 0.05}, loss.parameters());
    for (int step = 0; step < 600; ++step) {
      loss.zero_grad();
      loss(Tensor::zeros({400}), y).backward();
      optimizer.step();
    }
    return loss.alpha();
  };
  EXPECT_GT(learned(false), 1.8);
  EXPECT_LT(learned(true), 0.8);
}

TEST(CosineClassifier, CosinesByHand) {
  nn::CosineClassifier classes(2, 3);
  classes.to(Type::f64);
  const double weight[] = {3, 4, 0, -2, 1e200, 1e200};
  for (std::int64_t i = 0; i < 6; ++i) classes.weight.set(i, weight[i]);
  const Tensor c = classes(Tensor({{4.0, 3.0}, {0.0, 0.0}}, Type::f64));
  const double expected[] = {0.96, -0.6, 7 / std::sqrt(50.0), 0, 0, 0};
  for (std::int64_t i = 0; i < 6; ++i) EXPECT_NEAR(c.at(i), expected[i], 1e-15);
  expect_usage(
      [&] {
        classes(Tensor::zeros({2, 3}, Type::f64));
      },
      "[cosine_classifier]", "expected (rows, 2)");
}

TEST(CosineClassifier, LearnsWithArcFaceAndCosFace) {
  Tensor x = points({60, 4}, 7, -1, 1, Type::f32);
  const Tensor y = labels({60}, 3, 8);
  for (std::int64_t i = 0; i < 60; ++i) x.set(4 * i + static_cast<std::int64_t>(y.at(i)), 3);
  for (const Loss& loss : {Loss(ArcFace{.scale = 8}), Loss(CosFace{.scale = 8})}) {
    Random random(3);
    nn::CosineClassifier classes(4, 3, random);
    Optimizer optimizer(Adam{.lr = 0.05}, classes.parameters());
    const double before = loss(classes(x), y).item();
    for (int step = 0; step < 200; ++step) {
      classes.zero_grad();
      loss(classes(x), y).backward();
      optimizer.step();
    }
    EXPECT_LT(loss(classes(x), y).item(), 0.5 * before) << loss.name();
  }
}

}  // namespace
}  // namespace downhill
