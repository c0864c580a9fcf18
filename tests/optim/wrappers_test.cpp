// What stands around an optimizer: closures, weights to evaluate with, chains as text, the run.
#include <gtest/gtest.h>

#include <cmath>

#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/optim/evaluation_weights.h"
#include "downhill/optim/links/list.h"
#include "downhill/optim/list.h"
#include "downhill/schedules/list.h"
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

TEST(Sam, TakesTheGradientAtTheWorstPointNearbyAndPutsTheWeightsBack) {
  for (const bool adaptive : {false, true}) {
    Tensor a = leaf(f64({3})), b = leaf(f64({-4}));
    Method method = chain(Sam{.rho = 0.5, .adaptive = adaptive}, ScaleByLearningRate{0.1});
    Optimizer optimizer(method, std::vector<Parameter>{{"a", a}, {"b", b}});
    optimizer.group("b", {{"lr", "0.2"}});
    int calls = 0;
    optimizer.step([&] {
      ++calls;
      return 0.5 * (sum(square(a)) + sum(square(b)));
    });
    EXPECT_EQ(calls, 2);
    // g = (3, -4); e = 0.5 g / 5, or 0.5 p^2 g / |(9, 16)|
    const double norm = std::sqrt(81.0 + 256);
    const double ea = adaptive ? 0.5 * 27 / norm : 0.3, eb = adaptive ? -0.5 * 64 / norm : -0.4;
    EXPECT_NEAR(a.at(0), 3 - 0.1 * (3 + ea), 1e-12);
    EXPECT_NEAR(b.at(0), -4 - 0.2 * (-4 + eb), 1e-12);
  }
  Tensor x = leaf(points({5003}, 1)), before = x.detach().clone();
  Optimizer still(chain(Sam{}, ScaleByLearningRate{0}), {x});
  still.step([&] { return sum(square(x)); });
  EXPECT_TRUE(same_bits(x, before));
}

TEST(Closures, ThatThrowLeaveParametersAndCountsAsTheyWere) {
  for (const char* spec : {"lbfgs", "newton_cg", "sam | adam"}) {
    SCOPED_TRACE(spec);
    Tensor x = leaf(f64({1, 2}));
    Optimizer optimizer(Method::parse(spec), std::vector<Parameter>{{"u", x}});
    int calls = 0;
    const auto loss = [&] {
      if (++calls == 2) throw std::runtime_error("the second call");
      return sum(square(square(x)));
    };
    EXPECT_THROW(optimizer.step(loss), std::runtime_error);
    EXPECT_EQ(x.to_vector(), (std::vector<double>{1, 2}));
    EXPECT_EQ(optimizer.steps(), 0);
    for (const auto& [name, tensor] : optimizer.state())
      if (name == "u.step") {
        EXPECT_EQ(tensor.item(), 0);
      }
    optimizer.step(loss);
    EXPECT_LT(sum(square(square(x.detach()))).item(), 17);
  }
}

struct TwoProducts {  // H e at the present point, and again after a move to twice of it
  static constexpr const char* name = "two_products";
  static constexpr bool needs_closure = true;
  static constexpr bool moves = true;
  static StateShapes memory(std::int64_t) { return {{"seen", {2}}}; }
  void run(std::span<Part> parts, Context& context) const {
    const Tensor one = Tensor::ones({1}, Type::f64);
    context.memory[0].set(0, context.hessian_product({one})[0].item());
    parts[0].parameter.assign(parts[0].parameter.detach() * 2.0);
    context.memory[0].set(1, context.hessian_product({one})[0].item());
  }
};

TEST(Closures, HessianProductsAreAtThePresentValuesAlsoAfterAMove) {
  Tensor x = leaf(f64({1}));
  Optimizer optimizer(chain(TwoProducts{}), {x});
  optimizer.step([&] { return sum(square(square(x))); });  // 12 x^2
  EXPECT_NEAR(optimizer.state().back().second.at(0), 12, 1e-12);
  EXPECT_NEAR(optimizer.state().back().second.at(1), 48, 1e-12);
}

TEST(EvaluationWeights, AreTheMeanAndGoBackBitForBit) {
  Tensor x = leaf(points({5003}, 1, -1, 1, Type::f32));
  Optimizer optimizer(Method::parse("sgd:lr=0.1 | ema:decay=0.75"), {x});
  double mean = 0;
  for (int t = 0; t < 5; ++t) {
    step(optimizer, x, 1);
    mean = t == 0 ? x.at(7) : 0.75 * mean + 0.25 * x.at(7);
  }
  const Tensor before = x.detach().clone();
  {
    const EvaluationWeights now(optimizer);
    EXPECT_NEAR(x.at(7), mean, 1e-6);
  }
  EXPECT_TRUE(same_bits(x.detach(), before));
}

TEST(EvaluationWeights, OfScheduleFreeAreTheMeanIterate) {
  Tensor x = leaf(f64({3}));
  Optimizer optimizer(chain(ScheduleFree{.lr = 0.5, .beta = 0.9}), {x});
  {
    const EvaluationWeights now(optimizer);
    EXPECT_EQ(x.at(0), 3);
  }  // no step yet
  double y = 3, z = 3, mean = 3;
  for (int t = 1; t <= 10; ++t) {
    step(optimizer, x, x.at(0));
    z -= 0.5 * y;
    mean += (z - mean) / t;
    y = 0.1 * z + 0.9 * mean;
    const EvaluationWeights now(optimizer);
    EXPECT_NEAR(x.at(0), mean, 1e-13);
  }
}

TEST(ChainText, ReadsBackAndIsSetByName) {
  const Method method = Method::parse(
      "clip_by_global_norm:max_norm=1 | lookahead:of=(adam:lr=(cosine:start=0.1)),k=3 | "
      "ema:decay=0.9");
  EXPECT_EQ(Method::parse(method.text()).text(), method.text());
  EXPECT_EQ(method.with("decay", "0.5").get("decay"), "0.5");
  EXPECT_EQ(method.chain().size(), 5U);
  for (const std::string& name : Links::names())
    EXPECT_EQ(Method::parse(Method::parse(name).text()).text(), Method::parse(name).text());
  for (const std::string& name : Optimizers::names())
    for (const std::string& link : Links::names()) EXPECT_NE(name, link);
  expect_usage([] { Method::parse("adam | emma"); }, "'ema'");
  for (const char* uphill : {"ema", "clip_by_global_norm:max_norm=1", "scale_by_adam",
                             "sam | scale_by_adam | add_decayed_weights"})
    expect_usage([&] { Optimizer(Method::parse(uphill), {leaf(f64({1}))}); }, "uphill",
                 "scale_by_learning_rate");
  expect_usage([] { Optimizer(chain(), std::vector<Tensor>{leaf(f64({1}))}); }, "it is empty");
  expect_usage([] { Optimizer(Method::parse("adam | adam"), {leaf(f64({1}))}); },
               "2 of its links have a learning rate");
  expect_usage(
      [] {
        Optimizer optimizer(Method::parse("adam"), std::vector<Parameter>{{"u", leaf(f64({1}))}});
        optimizer.group("u", Method::parse("ema"));
      },
      "uphill");
  expect_usage([] { Method::parse("adam | "); }, "");
  expect_usage([] { Method::parse("lookahead:of=(adamm)"); }, "'adam'");
  expect_usage([] { Optimizer(Method::parse("lbfgs | ema"), {leaf(f64({1}))}); }, "last");
}

TEST(OverARun, SchedulesOfNoLengthLastSoLong) {
  for (const char* spec :
       {"sgd:lr=(linear:start=1)", "lookahead:of=(sgd:lr=(linear:start=1)),k=9"}) {
    Tensor x = leaf(f64({0}));
    Optimizer optimizer(Method::parse(spec), {x});
    expect_usage([&] { step(optimizer, x, 1); }, "[linear]", "steps");
    EXPECT_EQ(optimizer.steps(), 0);
    optimizer.over(4);
    for (int i = 0; i < 4; ++i) step(optimizer, x, 1);
    EXPECT_DOUBLE_EQ(x.at(0), -(1 + 0.75 + 0.5 + 0.25)) << spec;
  }
  EXPECT_TRUE(Method::parse("adam").takes_schedule());
  EXPECT_TRUE(Method::parse("schedule_free_adamw").takes_schedule());
  EXPECT_FALSE(Method::parse("adam:lr=(linear)").takes_schedule());
  EXPECT_FALSE(Method::parse("lbfgs").takes_schedule());
  EXPECT_TRUE(Method::parse("lbfgs").searches());
  EXPECT_FALSE(Method::parse("sam | adam").searches());
  EXPECT_TRUE(Method::parse("sam | adam").needs_closure());
}

TEST(FrozenParameters, AreNoPartOfTheOptimizer) {
  Tensor a = leaf(f64({1})), frozen = f64({1});
  Optimizer optimizer(Adam{.lr = 0.5}, std::vector<Parameter>{{"a", a}, {"frozen", frozen}});
  step(optimizer, a, 1);
  EXPECT_EQ(frozen.at(0), 1);
  for (const auto& [name, tensor] : optimizer.state()) EXPECT_NE(name.substr(0, 6), "frozen");
  expect_usage([&] { Optimizer(Adam{}, {frozen}); }, "frozen");
}

TEST(ByShape, MuonGivesVectorsToAdamAndResumes) {
  const auto run = [](Optimizer& optimizer, Tensor& w, Tensor& b, std::uint64_t seed) {
    w.set_grad(points({4, 6}, seed)), b.set_grad(points({4}, seed + 50));
    optimizer.step();
  };
  Tensor w = leaf(points({4, 6}, 1)), b = leaf(points({4}, 2));
  Tensor w2 = leaf(w.detach().clone()), b2 = leaf(b.detach().clone());
  Optimizer first(Muon{}, {w, b}), second(Muon{}, {w2, b2}), adam(AdamW{.weight_decay = 0.1}, {b2});
  run(first, w, b, 10);
  b2.set_grad(points({4}, 60));
  adam.step();
  EXPECT_TRUE(same_bits(b, b2));
  w2.assign(w.detach()), b2.assign(b.detach());
  second.load_state(first.state());
  run(first, w, b, 11), run(second, w2, b2, 11);
  EXPECT_TRUE(same_bits(w, w2) && same_bits(b, b2));
}

TEST(Optimizer, AScheduleOfTheWholeRunKnowsItsLengthInEitherOrder) {
  for (const bool first : {true, false}) {
    Tensor x = Tensor::ones({2});
    x.requires_grad(true);
    Optimizer optimizer(SGD{.lr = 1}, std::vector<Tensor>{x});
    if (first) optimizer.over(4);
    optimizer.schedule_lr(Cosine{});
    if (!first) optimizer.over(4);
    EXPECT_EQ(optimizer.get("lr"), 1);
    for (int i = 0; i < 2; ++i) {
      optimizer.zero_grad();
      sum(x).backward();
      optimizer.step();
    }
    EXPECT_NEAR(optimizer.get("lr"), 0.5, 1e-12) << first;
  }
}

}  // namespace
}  // namespace downhill
