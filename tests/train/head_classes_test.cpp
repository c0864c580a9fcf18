#include <gtest/gtest.h>

#include <cmath>

#include "downhill/losses/list.h"
#include "downhill/train/head.h"

// The best constant of losses that weigh classes or rows, held against closed forms.

namespace downhill {
namespace {

Tensor labels(const std::vector<int>& rows_of_class) {
  std::vector<std::int64_t> all;
  for (std::size_t k = 0; k < rows_of_class.size(); ++k)
    for (int i = 0; i < rows_of_class[k]; ++i) all.push_back(static_cast<std::int64_t>(k));
  return Tensor::from(all);
}
/// A weight per class as one per row.
Tensor weights(const std::vector<int>& rows_of_class, const std::vector<double>& of_class) {
  std::vector<double> all;
  for (std::size_t k = 0; k < rows_of_class.size(); ++k)
    for (int i = 0; i < rows_of_class[k]; ++i) all.push_back(of_class[k]);
  return Tensor::from(all);
}
Head two(const Loss& loss, const std::vector<int>& rows, const Tensor& weight = {}) {
  return find_head(
      {.loss = loss, .target = labels(rows), .weight = weight, .classes = 2, .one_output = true});
}
double entropy(double p) { return -p * std::log(p) - (1 - p) * std::log(1 - p); }

constexpr double kPrice = 10;

TEST(ClassHead, OfAPriceIsTheShareAtThatPrice) {
  const std::vector<int> rows = {700, 300};
  const double q = 300.5 / 1001, p = kPrice * q / (kPrice * q + 1 - q);
  const double loss = -(kPrice * 0.3 * std::log(p) + 0.7 * std::log(1 - p));
  for (const char* text :
       {"bce_with_logits:pos_weight=10", "where(y>0.5,10,1)*-(y*log(p)+(1-y)*log(1-p))"}) {
    const Head head = two(Loss::parse(text), rows);
    EXPECT_NEAR(head.c[0], std::log(p / (1 - p)), 1e-12) << text;
    EXPECT_NEAR(head.constant_loss, loss, 1e-12) << text;
    EXPECT_NEAR(head.shares[1], q, 1e-15) << text;
  }
}

TEST(ClassHead, OfBalancedRowsIsOneHalfAndItsSharesAreTheTrueOnes) {
  const std::vector<int> rows = {900, 100};
  const Tensor balanced = weights(rows, {1000.0 / 1800, 1000.0 / 200});
  const Head one = two(BCEWithLogits{}, rows, balanced);
  EXPECT_NEAR(one.c[0], 0, 1e-13);
  EXPECT_NEAR(one.constant_loss, std::log(2.0), 1e-14);
  EXPECT_NEAR(one.shares[0], 900.5 / 1001, 1e-15);
  const Head softmax =
      find_head({.loss = CrossEntropy{}, .target = labels(rows), .weight = balanced, .classes = 2});
  EXPECT_NEAR(softmax.c[0] - softmax.c[1], 0, 1e-13);
  EXPECT_NEAR(softmax.constant_loss, std::log(2.0), 1e-14);
}

TEST(ClassHead, DoesNotDependOnTheUnitOfWeights) {
  const std::vector<int> rows = {30, 10};
  for (const double unit : {1e-9, 1.0, 1e9}) {
    const Tensor w = weights(rows, {unit, 2 * unit});
    const Head head = find_head({.loss = BCEWithLogits{},
                                 .target = labels(rows),
                                 .weight = w,
                                 .own = w,
                                 .classes = 2,
                                 .one_output = true});
    // Half an average row of weight 50 / 40 more in each class.
    EXPECT_NEAR(head.c[0], std::log(20.625 / 30.625), 1e-12) << unit;
    EXPECT_NEAR(head.shares[1], 20.625 / 51.25, 1e-12) << unit;
    EXPECT_NEAR(head.constant_loss,
                -(0.4 * std::log(20.625 / 51.25) + 0.6 * std::log(30.625 / 51.25)), 1e-12)
        << unit;
  }
}

TEST(ClassHead, OfWeighedClassesOfALossIsTheirWeighedShares) {
  const std::vector<int> rows = {60, 30, 10};
  const Head head = find_head(
      {.loss = Loss::parse("cross_entropy:weight=1;2;5"), .target = labels(rows), .classes = 3});
  const std::vector<double> w = {60.5, 2 * 30.5, 5 * 10.5};
  const double all = w[0] + w[1] + w[2];
  double loss = 0, sum = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(head.c[k] - head.c[0], std::log(w[k] / w[0]), 1e-7) << k;
    const double rows_weight = std::vector{60.0, 60.0, 50.0}[k];
    loss -= rows_weight * std::log(w[k] / all);
    sum += rows_weight;
  }
  EXPECT_NEAR(head.constant_loss, loss / sum, 1e-12);
}

TEST(ClassHead, OfLossesThatAreNoEntropyHasTheLeastLossAsWell) {
  const std::vector<int> rows = {80, 20};
  for (const char* text : {"focal", "hinge", "squared_hinge"}) {
    const Loss loss = Loss::parse(text);
    const Head head = two(loss, rows);
    const auto mean = [&](double c) {
      const Tensor at = Tensor::full({1}, c, Type::f64);
      const auto one = [&](double y) { return loss(at, Tensor::full({1}, y, Type::f64)).item(); };
      return (80.5 * one(loss.first_class()) + 20.5 * one(1)) / 101;
    };
    for (const double away : {-1.0, -0.1, -1e-3, 1e-3, 0.1, 1.0})
      EXPECT_LE(mean(head.c[0]), mean(head.c[0] + away) + 1e-12) << text << " " << away;
  }
}

TEST(ClassHead, OfALossThatIsLeastAtCertaintyIsTheShare) {
  const Head head = two(Loss::parse("abs(p-y)"), {80, 20});
  EXPECT_NEAR(head.c[0], std::log(20.5 / 80.5), 1e-12);
}

TEST(ClassHead, KnowsItsLoss) {
  EXPECT_NEAR(two(BCEWithLogits{}, {500, 500}).constant_loss, std::log(2.0), 1e-14);
  EXPECT_NEAR(two(BCEWithLogits{}, {90000, 10000}).constant_loss, entropy(0.1), 1e-9);
  std::vector<int> many(600, 2);
  const Head head = find_head({.loss = CrossEntropy{}, .target = labels(many), .classes = 600});
  EXPECT_NEAR(head.constant_loss, std::log(600.0), 1e-12);
}

// A sum of losses of rows and of regions has no value for a row: its constant's loss is that of all rows.
TEST(ClassHead, OfRowsAndRegionsTogether) {
  const std::vector<int> rows = {30, 10};
  for (const char* text : {"dice_focal", "0.5*dice+focal"}) {
    const Loss loss = Loss::parse(text);
    const Tensor p = two(loss, rows)(Tensor::zeros({40, 1}, Type::f64)).reshape({40});
    EXPECT_NEAR(two(loss, rows).constant_loss, loss(p, labels(rows).to(Type::f64)).item(), 1e-12)
        << text;
  }
  const Loss loss = Loss::parse("dice_cross_entropy");
  const Head head = find_head({.loss = loss, .target = labels(rows), .classes = 2});
  const Tensor all = head(Tensor::zeros({40, 2}, Type::f64));
  EXPECT_NEAR(head.constant_loss, loss(all, labels(rows)).item(), 1e-12);
}

}  // namespace
}  // namespace downhill
