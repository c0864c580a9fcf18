// Weighted sums of losses, in C++ and as text; a loss as an option of another.
#include "downhill/autodiff/functional.h"
#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"
#include "downhill/ops/softmax.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

TEST(SumOfLosses, MeanSumAndEach) {
  const Loss both = 0.5 * MSE{} + 2 * MAE{};
  const Tensor p = points({7}, 1), y = points({7}, 2), w = points({7}, 3, 0, 1);
  for (const Reduction r : {Reduction::mean, Reduction::sum, Reduction::each}) {
    const Tensor sum = both.apply(p, y, w, r), a = Loss(MSE{}).apply(p, y, w, r),
                 b = Loss(MAE{}).apply(p, y, w, r);
    for (std::int64_t i = 0; i < sum.elements(); ++i)
      EXPECT_NEAR(sum.at(i), 0.5 * a.at(i) + 2 * b.at(i), 1e-14);
  }
  EXPECT_EQ(both.total_weight(p, y), 7);
  const auto alike = both.counted(p, y);
  ASSERT_EQ(alike.size(), 1u);
  EXPECT_EQ(alike[0].term.loss.name(), both.name());
  EXPECT_EQ(alike[0].weight, 7);
  EXPECT_EQ(both.terms().size(), 2u);
  EXPECT_EQ(both.terms()[1].factor, 2);
  EXPECT_EQ(both.text(), "0.5*mse+2*mae");
  EXPECT_LE(gradcheck_second([&](const Tensors& x) { return both(x[0], y, w); }, {p}).worst, 1e-6);
}

TEST(SumOfLosses, ProbabilitiesBesideLogitsAreTheirSoftmax) {
  const Loss both = 0.5 * Dice{} + CrossEntropy{};
  const Tensor x = points({2, 3, 5}, 1), y = labels({2, 5}, 3, 2);
  EXPECT_NEAR(both(x, y).item(),
              0.5 * Loss(Dice{})(softmax(x, 1), y).item() + Loss(CrossEntropy{})(x, y).item(),
              1e-15);
  EXPECT_EQ(both.takes()[0], Takes::class_logits);
  EXPECT_LE(gradcheck_second([&](const Tensors& p) { return both(p[0], y); }, {x}).worst, 1e-6);
  expect_usage([&] { both.each(x, y); }, "mean and a sum, but not each");
  expect_usage([&] { both.total_weight(x, y); }, "count different things");
  const auto apart = both.counted(x, y);  // regions: images and classes; rows: pixels
  ASSERT_EQ(apart.size(), 2u);
  EXPECT_EQ(apart[0].term.factor, 0.5);
  EXPECT_EQ(apart[0].weight, Loss(Dice{}).total_weight(softmax(x, 1), y));
  EXPECT_EQ(apart[1].weight, 10);
  const Loss binary = BCE{} + BCEWithLogits{};
  const Tensor logit = points({4}, 3), t = points({4}, 4, 0, 1);
  EXPECT_NEAR(binary(logit, t).item(), 2 * Loss(BCEWithLogits{})(logit, t).item(), 1e-14);
  expect_usage([] { MSE{} + CrossEntropy{}; }, "mse takes number", "cross_entropy takes");
}

TEST(SumOfLosses, NamedSumsAreTheirTerms) {
  struct Same {
    const char *name, *terms;
    bool classes;
  };
  const Same all[] = {
      {"dice_cross_entropy", "dice:from=class_logits+cross_entropy", true},
      {"dice_cross_entropy:from=logit,dice=0.5", "0.5*dice:from=logit+bce_with_logits", false},
      {"dice_cross_entropy:smooth=0.1,squared=true,cross_entropy=2",
       "dice:from=class_logits,smooth=0.1,squared=true+2*cross_entropy", true},
      {"dice_focal", "dice:from=logit+focal", false},
      {"dice_focal:from=class_logits,gamma=3,focal=2",
       "dice:from=class_logits+2*focal_cross_entropy:gamma=3", true}};
  const Tensor x = points({2, 3, 5}, 1), y = labels({2, 5}, 3, 2), u = points({2, 3, 5}, 4);
  const Tensor several = points({2, 5}, 3, 0, 1), flat = points({2, 5}, 5), v = points({2, 5}, 6);
  for (const Same& one : all) {
    SCOPED_TRACE(one.name);
    const Loss named = Loss::parse(one.name), terms = Loss::parse(one.terms);
    const Tensors at = {one.classes ? x : flat}, along = {one.classes ? u : v};
    const Tensor target = one.classes ? y : several;
    const auto f = [&](const Loss& loss) {
      return [&](const Tensors& p) { return loss(p[0], target); };
    };
    EXPECT_EQ(named(at[0], target).item(), terms(at[0], target).item());
    EXPECT_EQ(named.sum(at[0], target).item(), terms.sum(at[0], target).item());
    const Tensor a = hvp(f(named), at, along)[0], b = hvp(f(terms), at, along)[0];
    for (std::int64_t i = 0; i < a.elements(); ++i) EXPECT_EQ(a.at(i), b.at(i));
    EXPECT_EQ(named.takes()[0], terms.takes()[0]);
    EXPECT_EQ(named.terms().size(), 2u);
    EXPECT_EQ(named.name(), std::string(one.name).substr(0, named.name().size()));
    EXPECT_EQ(Loss::parse(named.text())(at[0], target).item(), named(at[0], target).item());
  }
  expect_usage([&] { Loss(DiceCrossEntropy{}).each(x, y); }, "mean and a sum, but not each");
  expect_usage([] { Loss(DiceFocal{.from = From::probability}); }, "[dice_focal]",
               "expected logit or class_logits");
  expect_usage([] { Loss::parse("dice_focal:gamma=-1"); }, "gamma");
}

TEST(SumOfLosses, AsText) {
  const Loss text = Loss::parse("dice + 0.5*cross_entropy:label_smoothing=0.1");
  const Loss ours = Dice{} + 0.5 * CrossEntropy{.label_smoothing = 0.1};
  const Tensor x = points({2, 3, 5}, 1), y = labels({2, 5}, 3, 2);
  EXPECT_EQ(text(x, y).item(), ours(x, y).item());
  EXPECT_EQ(Loss::parse(text.text())(x, y).item(), text(x, y).item());
  EXPECT_EQ(Loss::parse("2*(mse+0.5*mae)").text(), "2*mse+mae");
  EXPECT_EQ(Loss::parse("1e+1*mse+huber:delta=1e+1")(Tensor{2}, Tensor{0}).item(), 42);
  const Tensor one = {2}, zero = {0};
  EXPECT_EQ(Loss::parse("p+y*2")(one, zero).item(), 2);  // a formula, as ever
  EXPECT_EQ(Loss::parse("3*p")(one, zero).item(), 6);
  expect_usage([] { Loss::parse("mse+0.5*(p-y)^2"); }, "(p-y)^2", "is not the name of a loss");
  expect_usage([] { Loss::parse("mse+0.5*hubr"); }, "hubr", "did you mean 'huber'?");
  expect_usage([] { Loss::parse("hubr"); }, "did you mean 'huber'?");
}

TEST(Asymmetry, APriceByTheSideOfTheError) {
  const Loss loss = Loss::parse("asymmetric:of=(huber:delta=1),under=10,over=1");
  const Tensor p({0.0, 3.0, 1.0, 1.5}, Type::f64), y = Tensor::ones({4}, Type::f64);
  const std::vector<double> expected = {5, 1.5, 0, 0.125};
  EXPECT_EQ(loss.each(p, y).to_vector(), expected);
  const auto r = value_and_grad([&](const Tensors& x) { return loss.sum(x[0], y); }, {p});
  EXPECT_EQ(r.gradients[0].to_vector(), (std::vector<double>{-10, 1, 0, 0.5}));
  EXPECT_EQ(loss.takes()[0], Takes::number);
  EXPECT_EQ(Loss::parse(loss.text()).text(), loss.text());
  expect_usage([&] { Loss(Asymmetric{.of = Triplet{}})(p, y); }, "triplet", "3 prediction(s)");
  expect_usage([] { Loss(Asymmetric{.under = -1}); }, "under");
}

}  // namespace
}  // namespace downhill
