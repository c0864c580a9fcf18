// What a loss makes of predictions and soft targets that cannot be, of infinite ones that are right, and
// which probabilities scores mean to it.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

Tensor numbers(std::initializer_list<double> x) { return Tensor::from(std::vector<double>(x)); }
Tensor row(std::initializer_list<double> x) {
  return Tensor::from(std::vector<double>(x), Shape{1, static_cast<std::int64_t>(x.size())});
}
Tensor label(std::int64_t t) { return Tensor::from(std::vector<std::int64_t>{t}); }

TEST(LossPredictions, BelowAFloorThatIsNoneAreRefused) {
  for (const Loss& loss : {Loss(GaussianNLL{}), Loss(LaplaceNLL{}), Loss(StudentTNLL{}),
                           Loss(CRPSNormal{}), Loss(BetaNLL{}), Loss(LogNormalNLL{})}) {
    const Tensor mean = numbers({0.5, 0.5, 0.5}), y = numbers({0.4, 0.6, 0.5});
    const std::string second = loss.outputs()[1];
    const auto at = [&](double v, const Tensor& weight = {}) {
      return loss({mean, numbers({1, v, 1})}, y, weight);
    };
    expect_error<UsageError>([&] { at(-0.5); }, second + "[1] = -0.5 is outside [0, inf");
    EXPECT_TRUE(std::isfinite(at(0).item())) << loss.name();
    EXPECT_TRUE(std::isnan(at(std::nan("")).item())) << loss.name();
    EXPECT_TRUE(std::isfinite(at(-0.5, numbers({1, 0, 1})).item()))
        << "what has weight 0 is not there";
    // Side by side in one prediction.
    expect_error<UsageError>(
        [&] {
          loss(Tensor({{0.5, 1.0}, {0.5, -2.0}}, Type::f64), numbers({0.4, 0.6}));
        },
        second + "[1] = -2");
  }
  expect_error<UsageError>(
      [&] {
        Loss(BCE{})(numbers({0.2, 1.5}), numbers({0, 1}));
      },
      "prediction[1] = 1.5 is outside [0, 1]");
  expect_error<UsageError>(
      [&] {
        Loss(ZeroInflatedPoisson{})({numbers({-1}), numbers({0})}, numbers({2}));
      },
      "rate[0] = -1");
}

TEST(LossPredictions, SoftTargetsThatAreNoSharesAreRefused) {
  for (const Loss& loss :
       {Loss(CrossEntropy{}), Loss(NLL{}), Loss(KLDiv{}), Loss(JSDiv{}), Loss(BiTempered{}),
        Loss(Poly1{}), Loss(EarthMover{}), Loss(FocalCrossEntropy{}),
        Loss(GeneralizedCrossEntropy{}), Loss(SymmetricCrossEntropy{}), Loss(MultilabelMargin{}),
        Loss(LogitAdjusted{})}) {
    const Tensor x = Tensor({{-0.5, -1.0, -1.5}, {-1.0, -1.0, -1.0}}, Type::f64);
    for (const double wrong : {-0.25, std::nan("")})
      expect_error<UsageError>(
          [&] {
            loss(x, Tensor({{0.5, 0.5, 0.0}, {1.0, wrong, 0.0}}, Type::f64));
          },
          "[" + loss.name() + "] target[row 1, class 1]");
    EXPECT_TRUE(
        std::isfinite(loss(x, Tensor({{0.5, 0.5, 0.0}, {1.0, 0.0, 0.0}}, Type::f64)).item()))
        << loss.name();
    EXPECT_TRUE(std::isfinite(
        loss(x, Tensor({{0.5, 0.5, 0.0}, {1.0, -0.25, 0.0}}, Type::f64), numbers({1, 0})).item()))
        << "what has weight 0 is not there";
  }
  expect_error<UsageError>(
      [] {
        Loss(MultilabelMargin{})(row({1, 2, 3, 4}), row({3, 0, -1, 1}));
      },
      "is outside [0, 1]");
  const Loss of_logarithms = KLDiv{.log_target = true};
  EXPECT_TRUE(std::isfinite(of_logarithms(row({-0.5, -1}), row({-0.7, -0.7})).item()));
}

TEST(LossPredictions, InfiniteOnesThatAreRightCostNothing) {
  const auto at = [](const Loss& loss, double x, double y) {
    return value_and_grad([&](const Tensors& p) { return loss(p[0], numbers({y})); },
                          {numbers({x})});
  };
  for (const auto& [loss, x, y] : {std::tuple(Loss(Focal{.gamma = 0}), -kInf, 0.0),
                                   {Loss(Focal{.gamma = 0}), kInf, 1.0},
                                   {Loss(PoissonNLL{}), -kInf, 0.0},
                                   {Loss(BCEWithLogits{}), kInf, 1.0}}) {
    const auto found = at(loss, x, y);
    EXPECT_EQ(found.value.item(), 0) << loss.text();
    EXPECT_EQ(found.gradients[0].item(), 0) << loss.text();
  }
  const Loss contrastive = Contrastive{};
  EXPECT_EQ(contrastive({row({1e160, 0}), row({0, 0})}, numbers({0})).item(), 0);
}

TEST(LossPredictions, LargeGainsOfRanksAreRatios) {
  const Loss loss = LambdaRank{};
  const Tensor scores = row({0.2, -0.1, 0.4});
  const double far = loss(scores, row({2000, 1999, 0})).item();
  EXPECT_TRUE(std::isfinite(far));
  EXPECT_NEAR(far, loss(scores, row({60, 59, 0})).item(), 1e-12);
  expect_error<UsageError>([&] { loss(scores, row({1, std::nan(""), 0})); }, "relevance[1] is NaN");
}

// The gradient of sparsemax is p - onehot, that of ldam without margins scale (p - onehot).
TEST(LossPredictions, ProbabilitiesAreThoseOfTheLoss) {
  const std::vector<double> scores = {0.3, 1.1, -2, 0.9, 0.8};
  const Tensor x = Tensor::from(scores, {1, 5});
  for (const auto& [loss, scale] : {std::pair(Loss(Sparsemax{}), 1.0),
                                    {Loss(LDAM{.max_margin = 0, .scale = 7}), 7.0},
                                    {Loss(CrossEntropy{}), 1.0}}) {
    std::vector<double> p(5);
    loss.probabilities(scores, p);
    const auto g =
        value_and_grad([&, &l = loss](const Tensors& at) { return l(at[0], label(1)); }, {x})
            .gradients[0]
            .to_vector();
    for (std::size_t c = 0; c < 5; ++c)
      EXPECT_NEAR(p[c], g[c] / scale + (c == 1 ? 1 : 0), 1e-14) << loss.name() << c;
  }
  // Far from each other, and infinite: the best class, or no number.
  for (const Loss& far :
       {Loss(Sparsemax{}), Loss(LDAM{}), Loss(BiTempered{}), Loss(CrossEntropy{})}) {
    std::vector<double> found(3);
    far.probabilities(std::vector<double>{-1e37, 1e37, 2e36}, found);
    EXPECT_NEAR(found[1], 1, 1e-5) << far.name();
    EXPECT_NEAR(found[0] + found[2], 0, 1e-5) << far.name();
  }
  expect_error<UsageError>([] { Loss(Sparsemax{}).probabilities({}, {}); }, "0 scores");
  // A sum has none of its own, whatever the order.
  for (const Loss& both :
       {Loss::parse("sparsemax+cross_entropy"), Loss::parse("cross_entropy+sparsemax")}) {
    std::vector<double> found(5), plain(5);
    both.probabilities(scores, found);
    Loss(CrossEntropy{}).probabilities(scores, plain);
    EXPECT_EQ(found, plain);
  }
  // log_t2 p differs as the scores do, and the sum is 1.
  std::vector<double> p(5);
  Loss(BiTempered{.t2 = 1.6}).probabilities(scores, p);
  double sum = 0;
  for (std::size_t c = 0; c < 5; ++c) {
    sum += p[c];
    const auto log_t = [](double u) { return (std::pow(u, -0.6) - 1) / -0.6; };
    EXPECT_NEAR(log_t(p[c]) - log_t(p[0]), scores[c] - scores[0], 1e-12);
  }
  EXPECT_NEAR(sum, 1, 1e-14);
}

}  // namespace
}  // namespace downhill
