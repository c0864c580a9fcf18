// What does not fit is refused, and the message names loss, argument and value.
#include <cmath>
#include <cstdint>
#include <limits>

#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

constexpr auto kSmallest = std::numeric_limits<std::int64_t>::min();

TEST(LossErrors, Labels) {
  const Loss loss = CrossEntropy{};
  const Tensor x = Tensor::zeros({2, 3});
  for (const std::int64_t wrong : {std::int64_t{-1}, std::int64_t{3}, kSmallest,
                                   std::int64_t{1} << 31, std::int64_t{1} << 32}) {
    const Tensor y = Tensor::from(std::vector<std::int64_t>{0, wrong});
    for (const Reduction r : {Reduction::mean, Reduction::sum, Reduction::each})
      expect_usage([&] { loss.apply(x, y, {}, r); }, "[cross_entropy]",
                   "target[1] = " + std::to_string(wrong), "[0, 3)");
    expect_usage([&] { loss.total_weight(x, y); }, "target[1]");
  }
  expect_usage(
      [&] {
        Loss(CrossEntropy{.ignore_index = -1})(x, Tensor({0.0, -100.0}, Type::i64));
      },
      "target[1] = -100", "-1");
  expect_usage([&] { loss(x, Tensor({0.0, 1.5})); }, "(2)", "(2, 3)");
  expect_usage([&] { loss(x, Tensor({0.0, 1.0}, Type::u8)); }, "uint8", "int64");
  expect_usage([&] { loss(x, Tensor::zeros({3}, Type::i64)); }, "(2, 3)", "(3)", "expected (2)");
  expect_usage([&] { loss(x, Tensor::zeros({2, 1}, Type::i64)); }, "(2, 1)");
  expect_usage([&] { loss(x, Tensor::zeros({2, 4})); }, "(2, 4)");
  expect_usage([&] { loss(Tensor::zeros({2, 0}), Tensor::zeros({2}, Type::i64)); }, "(2, 0)");
  expect_usage([&] { loss(Tensor::zeros({}), Tensor::zeros({}, Type::i64)); }, "()");
  expect_usage(
      [&] {
        Loss(CrossEntropy{.weight = {1, 2}})(x, Tensor::zeros({2}, Type::i64));
      },
      "weight has 2 entries", "3 classes");
}

TEST(LossErrors, ShapesAndTypes) {
  const Tensor p = Tensor::ones({4}), wide = Tensor::ones({4, 1}), d = Tensor::ones({4}, Type::f64);
  const std::pair<const char*, Loss> all[] = {{"[mse]", MSE{}},
                                              {"[mae]", MAE{}},
                                              {"[huber]", Huber{}},
                                              {"[bce_with_logits]", BCEWithLogits{}},
                                              {"[dice]", Dice{}}};
  for (const auto& [name, loss] : all) {
    expect_usage([&, &l = loss] { l(p, wide); }, name, "(4)", "(4, 1)", "no broadcasting");
    expect_usage([&, &l = loss] { l(p, Tensor::ones({5})); }, name, "(4)", "(5)");
    expect_usage([&, &l = loss] { l(p, Tensor::ones({})); }, name, "()");
    expect_usage([&, &l = loss] { l(p, d); }, name, "float32", "float64");
    expect_usage(
        [&, &l = loss] { l(Tensor::zeros({4}, Type::i64), Tensor::zeros({4}, Type::i64)); }, name,
        "prediction", "int64");
    if (!loss.takes_labels())
      expect_usage([&, &l = loss] { l(p, Tensor::zeros({4}, Type::i64)); }, name, "target",
                   "int64");
    expect_usage([&, &l = loss] { l(p, Tensor()); }, name, "target is missing");
    expect_usage([&, &l = loss] { l(Tensor(), p); }, name, "undefined");
    expect_usage([&, &l = loss] { l({p, p}, p); }, name, "2 prediction(s)", "expected 1");
    Tensor y = p.clone();
    y.requires_grad(true);
    expect_usage([&, &l = loss] { l(p, y); }, name, "target", "detach()");
  }
  const Loss nll = GaussianNLL{}, triplet = Triplet{};
  expect_usage([&] { nll(p, p); }, "[gaussian_nll]", "(4)", "(..., 2)");
  expect_usage([&] { nll({p, p, p}, p); }, "[gaussian_nll]", "3 prediction(s)", "expected 2");
  expect_usage([&] { nll({p, wide}, p); }, "[gaussian_nll]", "(4)", "(4, 1)");
  expect_usage([&] { nll({p, d}, p); }, "float64");
  expect_usage([&] { nll({p, Tensor()}, p); }, "undefined");
  expect_usage(
      [&] {
        triplet({wide, wide, p});
      },
      "[triplet]", "anchor", "negative", "(4, 1)", "(4)");
  expect_usage([&] { triplet({wide, wide}); }, "[triplet]", "2 prediction(s)");
  expect_usage([&] { triplet({wide, wide, wide}, wide); }, "[triplet]", "takes no target");
  expect_usage([&] { triplet({wide, wide, Tensor()}); }, "[triplet]", "undefined");
}

TEST(LossErrors, Weights) {
  const Tensor p = Tensor::ones({2}), m = Tensor::ones({2, 3}), y = Tensor::zeros({2}, Type::i64);
  const auto each = [&](const auto& call) {
    for (const double wrong : {-1.0, -1e-30, std::nan(""), std::numeric_limits<double>::infinity()})
      expect_usage([&] { call(Tensor({1.0, wrong})); }, "weight[1] = ");
    expect_usage([&] { call(Tensor({1.0, 1, 1})); }, "weight", "(3)", "(2)");
    expect_usage([&] { call(Tensor({{1.0}, {1.0}})); }, "weight", "(2, 1)");
    expect_usage([&] { call(Tensor({1.0, 1.0}, Type::f64)); }, "weight", "float64");
    expect_usage([&] { call(Tensor({1.0, 1.0}, Type::u8)); }, "weight", "uint8");
  };
  each([&](const Tensor& w) { Loss(MSE{})(p, p, w); });
  each([&](const Tensor& w) { Loss(GaussianNLL{})({p, p}, p, w); });
  each([&](const Tensor& w) { Loss(CrossEntropy{})(m, y, w); });
  each([&](const Tensor& w) { Loss(Dice{})(m, m, w); });
  each([&](const Tensor& w) { Loss(Triplet{})({m, m, m}, {}, w); });
  each([&](const Tensor& w) { pointwise_text("p*y")(p, p, w); });
}

TEST(LossErrors, Options) {
  const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  for (const double wrong : {0.0, -1.0, nan, inf}) {
    expect_usage([&] { Loss(Huber{.delta = wrong}); }, "[huber]", "delta = " + print_option(wrong),
                 "(0, inf)");
    expect_usage([&] { Loss(BCEWithLogits{.pos_weight = wrong}); }, "[bce_with_logits]",
                 "pos_weight");
    expect_usage([&] { Loss(GaussianNLL{.eps = wrong}); }, "[gaussian_nll]", "eps");
  }
  for (const double wrong : {-0.1, 1.1, nan})
    expect_usage([&] { Loss(CrossEntropy{.label_smoothing = wrong}); }, "[cross_entropy]",
                 "label_smoothing", "[0, 1]");
  for (const double wrong : {-1.0, nan, inf}) {
    expect_usage(
        [&] {
          Loss(CrossEntropy{.weight = {1, wrong}});
        },
        "[cross_entropy]", "weight = 1;");
    expect_usage([&] { Loss(Dice{.smooth = wrong}); }, "[dice]", "smooth");
    expect_usage([&] { Loss(Triplet{.margin = wrong}); }, "[triplet]", "margin");
    expect_usage([&] { Loss(Triplet{.eps = wrong}); }, "[triplet]", "eps");
  }
  expect_usage([] { Loss::parse("dice:over=imgae"); }, "[dice]", "over = 'imgae'", "image_class");
}

TEST(LossErrors, ARefusedCallLeavesEverythingAsItWas) {
  Tensor p = Tensor::ones({2});
  p.requires_grad(true);
  expect_usage([&] { Loss(MSE{})(p, Tensor::ones({3})).backward(); }, "[mse]");
  EXPECT_FALSE(p.grad().defined());
  Loss(MSE{})(p, Tensor::zeros({2})).backward();
  EXPECT_EQ(p.grad().to_vector(), (std::vector<double>{1, 1}));
}

TEST(LossErrors, TheClassesOfMarginsAreNotZeroAndOne) {
  const Tensor x = Tensor::ones({3}), y = {1, 0, 1};
  for (const Loss& loss : {Loss(Hinge{}), Loss(SquaredHinge{}), Loss(Perceptron{}),
                           Loss(SoftMargin{}), Loss(HingeEmbedding{})}) {
    expect_usage([&] { loss(x, y); }, loss.name(), "target[1] = 0", "2 target - 1");
    EXPECT_NO_THROW(loss(x, y, Tensor{1, 0, 1})) << "a row of weight 0 may hold anything";
    EXPECT_NO_THROW(loss(x, Tensor{1, -1, 0.5}));
  }
  expect_usage([&] { Loss(MarginRanking{})({x, x}, y); }, "target[1] = 0");
  expect_usage(
      [&] {
        Loss(CosineEmbedding{})({Tensor::ones({3, 2}), Tensor::ones({3, 2})}, y);
      },
      "target[1] = 0", "not alike -1");
  const Tensor many = Tensor::ones({100});
  Tensor last = many.clone();
  last.set(99, 0);
  expect_usage([&] { Loss(Hinge{})(many, last); }, "target[99] = 0");
}

TEST(LossErrors, LabelsOfTheWrongTypeAndDifferencesOfLosses) {
  expect_usage([] { Loss(CrossEntropy{})(Tensor::zeros({2, 2}), Tensor{0, 1}); }, "Type::i64");
  expect_usage([] { Loss::parse("mse-0.5*mae"); }, "added, not subtracted");
}

}  // namespace
}  // namespace downhill
