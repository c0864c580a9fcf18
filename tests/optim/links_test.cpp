// Links: sums, gates, numbers of their own.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/optim/adam.h"
#include "downhill/optim/links/list.h"
#include "downhill/optim/optimizer.h"
#include "tests/support/bits.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

Tensor leaf(Tensor t) { return t.requires_grad(true); }
Tensor f64(const std::vector<double>& values) { return Tensor::from(values); }

void step(Optimizer& optimizer, Tensor& x, double gradient) {
  x.set_grad(Tensor::full(x.shape(), gradient, x.type()));
  optimizer.step();
}

TEST(HugeGradients, AreClippedToTheNormInFloat) {
  for (const double size : {1e19, 1e20, 1e30, 3e38, 1e-30}) {
    Tensor x = leaf(Tensor::zeros({2}));
    Optimizer optimizer(chain(ClipByGlobalNorm{1}, ScaleByLearningRate{0.1}), {x});
    step(optimizer, x, size);
    EXPECT_NEAR(x.at(0), size < 1 ? -0.1 * size : -0.0707107, 1e-6 * 0.07) << size;
  }
}

// Sizes side by side, so that some lanes of a batch are scaled and some are not: each element has
// the bits that it has alone, and the step that its size does not change.
TEST(HugeGradients, StandBesideOrdinaryOnes) {
  for (const Type type : {Type::f32, Type::f64}) {
    const double far = type == Type::f32 ? 1e30 : 1e290;
    const std::vector<double> sizes = {1, far, 0, 1 / far, 3, -far, 2, -1 / far, 1, 5, far};
    const auto steps = [&](const std::vector<double>& gradient) {
      Tensor x = leaf(Tensor::zeros({static_cast<std::int64_t>(gradient.size())}, type));
      Optimizer optimizer(Adam{.lr = 0.1, .eps = 0}, {x});
      for (int t = 1; t <= 3; ++t) {
        x.set_grad(Tensor::from(gradient).to(type));
        optimizer.step();
      }
      return x.to_vector();
    };
    const std::vector<double> all = steps(sizes);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (sizes[i] == 0) continue;  // 0 / 0 without eps
      EXPECT_EQ(all[i], steps({sizes[i]})[0]) << sizes[i];
      EXPECT_NEAR(std::abs(all[i]), 0.3, type == Type::f32 ? 1e-6 : 1e-14) << sizes[i];
    }
  }
}

TEST(HugeGradients, AreOneStepOfAdamInFloat) {
  for (const double size : {1e19, 1e20, 1e30}) {
    Tensor x = leaf(Tensor::zeros({9}));
    Optimizer optimizer(Adam{.lr = 0.1}, {x});
    for (int t = 1; t <= 100; ++t) step(optimizer, x, size);
    EXPECT_NEAR(x.at(0), -10, 1e-3) << size;
  }
  Tensor x = leaf(Tensor::zeros({9}));
  Optimizer optimizer(Adam{.lr = 0.1}, {x});
  step(optimizer, x, 1e-30);
  EXPECT_NEAR(x.at(8), -1e-23, 1e-28);  // 0.1 g / (g + 1e-8)
  Tensor y = leaf(Tensor::zeros({9}));
  Optimizer bare(Adam{.lr = 0.1, .eps = 0}, {y});
  step(bare, y, 1e-30);
  EXPECT_NEAR(y.at(8), -0.1, 1e-6);
}

struct SumOfSquares {  // a direction of the measured sum of p^2
  static constexpr const char* name = "sum_of_squares";
  static auto measure(auto, auto p) { return p * p; }
  struct Formula {
    double sum;
    constexpr auto operator()(auto g, auto) const { return g * 0.0 + sum; }
  };
  Formula at(const Step& step) const { return {step.sums[0]}; }
};

TEST(Sums, OfAllGroupsAreTakenBeforeAnyMoves) {
  for (const bool groups : {false, true}) {
    Tensor a = leaf(f64({1})), b = leaf(f64({1}));
    Optimizer optimizer(chain(SumOfSquares{}, ScaleByLearningRate{0.5}),
                        std::vector<Parameter>{{"a", a}, {"b", b}});
    if (groups) optimizer.group("b", {{"lr", "0.5"}});
    a.set_grad(f64({1})), b.set_grad(f64({1}));
    optimizer.step();
    EXPECT_EQ(a.at(0), 0);
    EXPECT_EQ(b.at(0), 0);
  }
}

TEST(Sums, InTheMiddleOfAChainCountAllGroups) {
  const Chain links = chain(AddDecayedWeights{0}, ClipByGlobalNorm{1}, ScaleByLearningRate{1});
  Tensor a = leaf(f64({0})), b = leaf(f64({0}));
  Optimizer optimizer(Method(links), std::vector<Parameter>{{"a", a}, {"b", b}});
  optimizer.group("b", Method(links));
  a.set_grad(f64({3})), b.set_grad(f64({4}));
  optimizer.step();
  EXPECT_NEAR(a.at(0), -0.6, 1e-6);
  EXPECT_NEAR(b.at(0), -0.8, 1e-6);
}

TEST(TrustRatio, IsOfEachTensor) {
  Tensor a = leaf(f64({3, 4})), b = leaf(f64({0, 0})), c = leaf(points({5003}, 1));
  const double length = std::sqrt(sum(square(c.detach())).item());
  Optimizer optimizer(chain(ScaleByTrustRatio{}, ScaleByLearningRate{0.1}),
                      std::vector<Parameter>{{"a", a}, {"b", b}, {"c", c}});
  optimizer.group("c", {{"lr", "0.2"}});
  a.set_grad(f64({0, 2})), b.set_grad(f64({1, 1})), c.set_grad(Tensor::ones({5003}, Type::f64));
  const double before = c.at(0);
  optimizer.step();
  EXPECT_DOUBLE_EQ(a.at(1), 4 - 0.1 * 5);  // |a| = 5
  EXPECT_DOUBLE_EQ(b.at(0), -0.1);         // no weights: as it is
  EXPECT_NEAR(c.at(0), before - 0.2 * length / std::sqrt(5003), 1e-12);
}

TEST(Gates, AccumulateIsOneUpdateFromTheMean) {
  Tensor a = leaf(points({7}, 1)), b = leaf(a.detach().clone());
  Optimizer pieces(Method::parse("accumulate:steps=4 | adam:lr=0.1,weight_decay=0.1"), {a});
  Optimizer whole(Method::parse("adam:lr=0.1,weight_decay=0.1"), {b});
  for (std::uint64_t t = 0; t < 3; ++t) {
    Tensor mean = Tensor::zeros({7}, Type::f64);
    for (std::uint64_t k = 0; k < 4; ++k) {
      const Tensor before = a.detach().clone(), g = points({7}, 10 + 4 * t + k);
      mean = mean + g * 0.25;
      a.set_grad(g);
      pieces.step();
      if (k < 3) {
        EXPECT_TRUE(same_bits(a.detach(), before));
      }
    }
    b.set_grad(mean);
    whole.step();
    for (std::int64_t i = 0; i < 7; ++i) EXPECT_NEAR(a.at(i), b.at(i), 1e-14);
  }
  EXPECT_EQ(pieces.steps(), 12);
}

// A gradient that some calls lack counts as 0 there, the call that closes the window among them.
TEST(Gates, AccumulateHandsOnWhatTheLastCallHasNoGradientFor) {
  Tensor a = leaf(f64({0})), b = leaf(f64({0})), c = leaf(f64({0}));
  Optimizer optimizer(Method::parse("accumulate:steps=2 | sgd:lr=1"), {a, b, c});
  for (int window = 1; window <= 3; ++window) {
    for (const bool last : {false, true}) {
      optimizer.zero_grad();
      a.set_grad(f64({1}));
      if (!last) b.set_grad(f64({1}));
      if (window == 2 && last) c.set_grad(f64({1}));
      optimizer.step();
    }
    EXPECT_EQ(a.at(0), -window);
    EXPECT_EQ(b.at(0), -0.5 * window);
    EXPECT_EQ(c.at(0), window < 2 ? 0 : -0.5) << "nothing to hand on";
  }
}

TEST(Order, OfLinksThatTakeTheStepOrTheGradientIsChecked) {
  const auto make = [](const char* chain) {
    return [chain] { Optimizer(Method::parse(chain), std::vector<Tensor>{leaf(f64({1}))}); };
  };
  expect_usage(make("ema | adam"), "ema must stand behind");
  expect_usage(make("slow_weights | sgd:lr=0.1"), "slow_weights must stand behind");
  expect_usage(make("adam | ema | clip_by_global_norm"), "ema must stand behind");
  expect_usage(make("adam | sam"), "sam must stand before");
  expect_usage(make("escape_saddle | sgd:lr=0.1"), "escape_saddle must stand behind");
  for (const char* right : {"sam | adam | ema", "lookahead:of=(sgd:lr=0.1) | ema",
                            "clip_by_global_norm | adam | slow_weights", "lbfgs"})
    EXPECT_NO_THROW(make(right)()) << right;
}

TEST(Settings, OfTheMethodWithinAreFoundByName) {
  Tensor a = leaf(f64({1}));
  Optimizer optimizer(Method::parse("clip_by_global_norm | lookahead:of=(adam:lr=0.01),k=2"), {a});
  EXPECT_EQ(optimizer.get("lr"), 0.01);
  optimizer.set("lr", 0.5);
  EXPECT_EQ(optimizer.get("lr"), 0.5);
  EXPECT_NE(optimizer.text().find("lookahead:of=(adam:lr=0.5"), std::string::npos)
      << optimizer.text();
  EXPECT_EQ(optimizer.get("k"), 2);
  expect_usage([&] { optimizer.get("rate"); }, "unknown", "rate");
}

TEST(Gates, SkipNonFiniteLeavesEverythingAsItWas) {
  Tensor a = leaf(f64({1, 2})), b = leaf(f64({1, 2}));
  Optimizer careful(Method::parse("skip_non_finite:max_consecutive=2 | sgd:lr=0.1,momentum=0.9"),
                    {a});
  Optimizer plain(Method::parse("sgd:lr=0.1,momentum=0.9"), {b});
  const auto feed = [&](Optimizer& optimizer, Tensor& x, double g) {
    x.set_grad(f64({1, g}));
    optimizer.step();
  };
  feed(careful, a, 1), feed(plain, b, 1);
  feed(careful, a, std::nan(""));
  feed(careful, a, HUGE_VAL);
  feed(careful, a, 2), feed(plain, b, 2);
  EXPECT_TRUE(same_bits(a, b));
  for (int i = 0; i < 3; ++i) feed(careful, a, std::nan(""));
  EXPECT_TRUE(std::isnan(a.at(1))) << "the third in a row is not hidden";
}

/// PyTorch's NAdam: the product of its momenta is one number for the whole link.
struct Nadam {
  double beta1 = 0.9, beta2 = 0.999, decay = 4e-3;
  static constexpr const char* name = "nadam";
  static constexpr std::array<const char*, 2> states = {"m", "v"};
  template <class N>
  struct State {
    N m, v;
  };
  struct Numbers {
    double product = 1, mu = 0, next_mu = 0;
  };
  static constexpr std::array<const char*, 3> numbers = {"product", "mu", "next_mu"};
  double mu_at(double t) const { return beta1 * (1 - 0.5 * std::pow(0.96, t * decay)); }
  void next(Numbers& own, const Step& step) const {
    own.mu = mu_at(static_cast<double>(step.t));
    own.next_mu = mu_at(static_cast<double>(step.t) + 1);
    own.product *= own.mu;
  }
  struct Formula {
    double b1, b2, now, mean, root;
    constexpr auto operator()(auto g, auto, auto& s) const {
      s.m = b1 * s.m + (1 - b1) * g;
      s.v = b2 * s.v + (1 - b2) * (g * g);
      return (now * g + mean * s.m) / (root * sqrt(s.v) + 1e-8);
    }
  };
  Formula at(const Step& step, const Numbers& own) const {
    return {beta1, beta2, (1 - own.mu) / (1 - own.product),
            own.next_mu / (1 - own.product * own.next_mu),
            1 / std::sqrt(1 - std::pow(beta2, static_cast<double>(step.t)))};
  }
};

TEST(Numbers, OfALinkAreSavedAndResumedBitForBit) {
  const Method method = chain(Nadam{}, ScaleByLearningRate{0.01});
  Tensor a = leaf(points({5}, 1));
  Optimizer first(method, std::vector<Parameter>{{"w", a}});
  double m = 0, v = 0, product = 1, x = a.at(0);
  for (int t = 1; t <= 20; ++t) {
    Tensor b = leaf(a.detach().clone());
    Optimizer second(method, std::vector<Parameter>{{"w", b}});
    second.load_state(first.state());
    const Tensor g = points({5}, 100 + static_cast<std::uint64_t>(t));
    Optimizer copy = second;  // of the state before
    a.set_grad(g), first.step();
    // torch/optim/nadam.py, line by line
    const double mu = 0.9 * (1 - 0.5 * std::pow(0.96, t * 4e-3));
    const double next = 0.9 * (1 - 0.5 * std::pow(0.96, (t + 1) * 4e-3));
    product *= mu;
    m = 0.9 * m + 0.1 * g.at(0), v = 0.999 * v + 0.001 * g.at(0) * g.at(0);
    const double d = std::sqrt(v / (1 - std::pow(0.999, t))) + 1e-8;
    x += -0.01 * (1 - mu) / (1 - product) * g.at(0) / d;
    x += -0.01 * next / (1 - product * next) * m / d;
    EXPECT_NEAR(a.at(0), x, 1e-13);
    b.set_grad(g), second.step();
    EXPECT_TRUE(same_bits(a, b)) << "resumed at step " << t;
  }
  bool found = false;
  for (const auto& [name, tensor] : first.state())
    if (name == "link.nadam.product") found = std::abs(tensor.item() - product) < 1e-15;
  EXPECT_TRUE(found);
}

// What adafactor is for: a matrix costs its rows and its columns.
TEST(Adafactor, KeepsRowsAndColumnsOfAMatrix) {
  Tensor w = leaf(points({3, 40, 50}, 1)), b = leaf(points({50}, 2));
  Optimizer optimizer(Method::parse("adafactor"), std::vector<Parameter>{{"w", w}, {"b", b}});
  w.set_grad(points({3, 40, 50}, 3));
  b.set_grad(points({50}, 4));
  optimizer.step();
  std::map<std::string, Shape> shapes;
  for (const auto& [name, tensor] : optimizer.state()) shapes.emplace(name, tensor.shape());
  const auto shape_of = [&](const std::string& end) {
    for (const auto& [name, shape] : shapes)
      if (name.ends_with(end)) return shape;
    return Shape{};
  };
  EXPECT_EQ(shape_of("row_root"), (Shape{3, 40}));
  EXPECT_EQ(shape_of("column_root"), (Shape{3, 50}));
  EXPECT_EQ(shape_of(".root"), (Shape{50}));
}

}  // namespace
}  // namespace downhill
