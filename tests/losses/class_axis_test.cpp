// Which axis holds the classes, for rows and regions alike; labels, ignored labels, class weights.
#include <cmath>

#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "downhill/ops/shape.h"
#include "downhill/ops/softmax.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

std::vector<double> gradient(const Loss& loss, const Tensor& x, const Tensor& y,
                             const Tensor& w = {}) {
  return value_and_grad([&](const Tensors& p) { return loss(p[0], y, w); }, {x})
      .gradients[0]
      .to_vector();
}
void expect_near(const std::vector<double>& a, const std::vector<double>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-14) << i;
}

/// One-hot labels with the classes on axis 1.
Tensor one_hot(const Tensor& labels, std::int64_t classes) {
  std::vector<std::int64_t> sizes(labels.shape().begin(), labels.shape().end());
  sizes.insert(sizes.begin() + 1, classes);
  Tensor hot = Tensor::zeros(Shape(std::span<const std::int64_t>(sizes)), Type::f64);
  const std::int64_t inner = labels.elements() / labels.size(0);
  for (std::int64_t i = 0; i < labels.elements(); ++i) {
    const auto c = static_cast<std::int64_t>(labels.at(i));
    if (c >= 0) hot.set((i / inner * classes + c) * inner + i % inner, 1);
  }
  return hot;
}

TEST(ClassAxis, RowsOfImagesAreThoseOfTheTransposedTensor) {
  const Loss loss = CrossEntropy{.label_smoothing = 0.1};
  const Tensor image = points({2, 5, 3, 70}, 1), y = labels({2, 3, 70}, 5, 2),
               w = points({2, 3, 70}, 3, 0, 1);
  const Tensor last = transpose(image.reshape({2, 5, 210}), 1, 2);  // (N, HW, C)
  EXPECT_EQ(loss(image, y, w).item(), loss(last, y.reshape({2, 210}), w.reshape({2, 210})).item());
  EXPECT_EQ(loss.each(image, y).shape(), (Shape{2, 3, 70}));
  const Tensor g = Tensor::from(gradient(loss, last, y.reshape({2, 210})), {2, 210, 5});
  expect_near(gradient(loss, image, y), transpose(g, 1, 2).to_vector());
  const Tensor small = points({2, 3, 2}, 4), few = labels({2, 2}, 3, 5);
  const auto f = [&](const Tensors& p) { return loss(p[0], few); };
  EXPECT_LE(gradcheck_second(f, {small}).worst, 1e-6);
  const Tensor shares = softmax(points({2, 3, 2}, 6), 1);
  const Loss soft = CrossEntropy{.axis = 1};
  EXPECT_LE(gradcheck_second([&](const Tensors& p) { return soft(p[0], shares); }, {small}).worst,
            1e-6);
}

TEST(ClassAxis, WhereBothFitItMustBeSaid) {
  const Tensor square = points({2, 3, 3}, 1), y = labels({2, 3}, 3, 2), soft = points({2, 3, 4}, 3);
  for (const Loss& loss : {Loss(CrossEntropy{}), Loss(Dice{})}) {
    expect_usage([&] { loss(square, y); }, "axis=1 or axis=-1");
    expect_usage([&] { loss(soft, softmax(soft)); }, "axis=1", "axis=-1");
  }
  EXPECT_NE(Loss(CrossEntropy{.axis = 1})(square, y).item(),
            Loss(CrossEntropy{.axis = -1})(square, y).item());
  expect_usage([&] { Loss(CrossEntropy{.axis = 3})(square, y); }, "axis = 3", "expected 1 or -1");
  expect_usage(
      [&] {
        Loss(CrossEntropy{})(points({2, 4, 5}, 1), labels({2, 3}, 4, 1));
      },
      "expected (2, 4) or (2, 5)");
}

TEST(ClassAxis, RegionsOfLabelsAreThoseOfOneHotTargets) {
  const Tensor p = softmax(points({2, 3, 50, 100}, 1), 1), y = labels({2, 50, 100}, 3, 2);
  const Tensor hot = one_hot(y, 3);
  for (const Over over : {Over::image_class, Over::image, Over::of_class, Over::pooled}) {
    const Loss by_label = Dice{.over = over}, by_share = Dice{.over = over, .axis = 1};
    EXPECT_NEAR(by_label(p, y).item(), by_share(p, hot).item(), 1e-13) << text_of(over);
    EXPECT_EQ(by_label.each(p, y).shape(), by_share.each(p, hot).shape());
    expect_near(gradient(by_label, p, y), gradient(by_share, p, hot));
  }
  // Classes on the last axis.
  const Tensor last = transpose(p.reshape({2, 3, 5000}), 1, 2);
  for (const Over over : {Over::image_class, Over::of_class, Over::pooled})
    EXPECT_NEAR(Loss(Dice{.over = over}).sum(last, y.reshape({2, 5000})).item(),
                Loss(Dice{.over = over}).sum(p, y).item(), 1e-12)
        << text_of(over);
  const Tensor small = softmax(points({2, 4, 3}, 4)), few = labels({2, 4}, 3, 5);
  const auto f = [&](const Tensors& x) { return Loss(Dice{})(x[0], few); };
  EXPECT_LE(gradcheck_second(f, {small}).worst, 1e-6);
  expect_usage([&] { Loss(Dice{})(small, labels({2, 4}, 9, 5)); }, "outside [0, 3)");
}

TEST(ClassAxis, IgnoredPixelsAreInNoRegion) {
  Tensor p = softmax(points({1, 2, 6}, 1), 1), y = Tensor({{0.0, 1, -100, 1, 0, -100}}, Type::i64);
  const Tensor kept = Tensor::from(std::vector<std::int64_t>{0, 1, 3, 4});
  const Tensor small_y = Tensor({{0.0, 1, 1, 0}}, Type::i64);
  Tensor small = Tensor::zeros({1, 2, 4}, Type::f64);
  for (std::int64_t c = 0; c < 2; ++c)
    for (std::int64_t i = 0; i < 4; ++i)
      small.set(4 * c + i, p.at(6 * c + static_cast<std::int64_t>(kept.at(i))));
  for (const std::int64_t i : {2, 5, 8, 11}) p.set(i, std::nan(""));
  for (const Loss& loss :
       {Loss(Dice{}), Loss(GeneralizedDice{}), Loss(Dice{.from = From::class_logits})}) {
    EXPECT_NEAR(loss(p, y).item(), loss(small, small_y).item(), 1e-15) << loss.text();
    const auto g = gradient(loss, p, y);
    for (const std::size_t i : {2U, 5U, 8U, 11U}) EXPECT_EQ(g[i], 0);
    EXPECT_TRUE(std::isfinite(g[0]));
  }
  const Tensor none = Tensor::full({1, 6}, -100, Type::i64);
  EXPECT_EQ(Loss(GeneralizedDice{})(p, none).item(), 0);
}

TEST(ClassAxis, ClassWeightsAndAbsentClasses) {
  const Tensor p = softmax(points({1, 3, 8}, 1), 1),
               y = Tensor({{0.0, 1, 1, 0, 0, 1, 0, 1}}, Type::i64);  // class 2 is absent
  const auto each = Loss(Dice{}).each(p, y).to_vector();
  const Loss weighted = Dice{.weight = {1, 4, 2}};
  EXPECT_NEAR(weighted(p, y).item(), (each[0] + 4 * each[1] + 2 * each[2]) / 7, 1e-15);
  EXPECT_EQ(weighted.total_weight(p, y), 7);
  const Loss present = Dice{.skip_absent = true};
  EXPECT_NEAR(present(p, y).item(), (each[0] + each[1]) / 2, 1e-15);
  EXPECT_EQ(present.total_weight(p, y), 2);
  const auto g = gradient(present, p, y);
  for (std::size_t i = 16; i < 24; ++i) EXPECT_EQ(g[i], 0);
  expect_usage([&] { Loss(Dice{.weight = {1, 2}})(p, y); }, "weight has 2 entries", "3 classes");
  expect_usage(
      [&] {
        Loss(Dice{.weight = {1, 2}})(points({3, 4}, 1), points({3, 4}, 1, 0, 1));
      },
      "class weights need regions of classes");
}

TEST(ClassAxis, RegionsFromLogits) {
  const Tensor x = points({2, 3, 5}, 1), y = labels({2, 5}, 3, 2);
  EXPECT_NEAR(Loss(Dice{.from = From::class_logits})(x, y).item(),
              Loss(Dice{})(softmax(x, 1), y).item(), 1e-15);
  const auto f = [&](const Tensors& p) { return Loss(Dice{.from = From::class_logits})(p[0], y); };
  EXPECT_LE(gradcheck_second(f, {x}).worst, 1e-6);
  const Tensor logits = points({9}, 3), mask = labels({9}, 2, 4).to(Type::f64);
  const auto g = [&](const Tensors& p) { return Loss(Dice{.from = From::logit})(p[0], mask); };
  EXPECT_LE(gradcheck_second(g, {logits}).worst, 1e-6);
  EXPECT_EQ(Loss(Dice{.from = From::logit}).takes()[0], Takes::logit);
  expect_usage([&] { Loss(Dice{})(Tensor{0.5, 0.5}, Tensor{0, 2}); }, "target[1] = 2", "[0, 1]");
}

}  // namespace
}  // namespace downhill
