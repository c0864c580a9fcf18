#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/reduce.h"
#include "downhill/ops/shape.h"
#include "downhill/optim/evaluation_weights.h"
#include "downhill/optim/list.h"
#include "downhill/optim/optimizer.h"
#include "downhill/schedules/constant.h"
#include "tests/contracts/optimizer_cases.h"
#include "tests/support/bits.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

// What holds for every optimizer of the list.

namespace downhill {
namespace {

class OptimizerContract : public testing::TestWithParam<std::string> {
 protected:
  Method defaults() const { return Method::parse(GetParam()); }
  Method method() const { return reasonable(GetParam()); }
};

TEST_P(OptimizerContract, ConvergesOnAQuadratic) {
  const Tensor x = leaf(Tensor({1.0, -2.0, 3.0}, Type::f64)), scale({1.0, 10.0, 3.0}, Type::f64);
  Optimizer optimizer(method(), {x});
  anneal(optimizer, method(), 2000);
  double before = 0;
  for (int i = 0; i < 2000; ++i) {
    const double value = optimizer.step([&] { return sum(scale * square(x - 1)); });
    if (i == 0) before = value;
  }
  EXPECT_GT(before, 10);
  const EvaluationWeights now(optimizer);
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(x.at(i), 1, 1e-4);
}

TEST_P(OptimizerContract, ConvergesOnRosenbrock) {
  const Tensor x = leaf(Tensor({-1.2, 1.0}, Type::f64));
  Optimizer optimizer(method(), {x});
  anneal(optimizer, method(), 20000);
  for (int i = 0; i < 20000; ++i)
    optimizer.step([&] {
      const Tensor a = slice(x, 0, 1), b = slice(x, 1, 2);
      return sum(square(1 - a) + 100 * square(b - square(a)));
    });
  const EvaluationWeights now(optimizer);
  EXPECT_NEAR(x.at(0), 1, 1e-3);
  EXPECT_NEAR(x.at(1), 1, 2e-3);
}

TEST_P(OptimizerContract, RefusesOptionsOutOfRangeByName) {
  Optimizers::with(GetParam(), [&]<class M>() {
    for (const Option& option : M::options()) {
      const std::string start = GetParam() + ":" + option.name + "=";
      if (option.range == kFinite &&
          &option.kind() != &option_kind<double>()) {  // a word, a method
        expect_usage([&] { Method::parse(start + "7"); }, "7");
        continue;
      }
      std::vector<std::string> wrong = {"nan", "-inf", "inf", "", "one"};
      if (std::isfinite(option.range.low)) wrong.push_back(print_option(option.range.low - 1));
      if (std::isfinite(option.range.high)) wrong.push_back(print_option(option.range.high + 1));
      for (const std::string& text : wrong)
        expect_usage([&] { Method::parse(start + text); }, GetParam(), option.name);
      expect_usage([&] { defaults().with(option.name, wrong.back()); }, option.name);
    }
  });
}

TEST_P(OptimizerContract, NamesTheNearestForAnUnknownOption) {
  const std::string known = defaults().settings().back().name;
  expect_usage([&] { Method::parse(GetParam() + ":" + known + "x=1"); }, "'" + known + "'");
  expect_usage([&] { defaults().get(known + "x"); }, "'" + known + "'");
  Optimizer optimizer(defaults(), {leaf(Tensor::zeros({2}))});
  expect_usage([&] { optimizer.set(known + "x", 1); }, "'" + known + "'");
  expect_usage([&] { optimizer.get(known + "x"); }, "'" + known + "'");
  expect_usage([&] { Method::parse(GetParam() + "x"); }, "'" + GetParam() + "'");
}

TEST_P(OptimizerContract, TextReadsBackToTheSameOptimizer) {
  for (const Method& one : {defaults(), method()}) {
    const Method again = Method::parse(one.text());
    EXPECT_EQ(again.text(), one.text());
    const Tensor a = leaf(points({37}, 1)), b = leaf(points({37}, 1));
    Optimizer first(one, {a}), second(again, {b});
    for (std::uint64_t i = 0; i < 4; ++i) any_step(first, i), any_step(second, i);
    EXPECT_TRUE(same_bits(a, b));
  }
}

TEST_P(OptimizerContract, AConstantScheduleIsTheNumber) {
  for (const Setting& setting : method().settings()) {
    const std::string text = "(constant:value=" + setting.text + ")";
    Method scheduled = method();
    try {
      scheduled = method().with(setting.name, text);
    } catch (const UsageError&) {
      continue;  // an option that takes no schedule
    }
    const Tensor a = leaf(points({37}, 1)), b = leaf(points({37}, 1));
    Optimizer first(method(), {a}), second(scheduled, {b});
    for (std::uint64_t i = 0; i < 4; ++i) any_step(first, i), any_step(second, i);
    EXPECT_TRUE(same_bits(a, b)) << setting.name;
    EXPECT_EQ(Method::parse(scheduled.text()).text(), scheduled.text());
  }
}

TEST_P(OptimizerContract, LeavesParametersWithoutGradientAlone) {
  Method with_decay = method();
  for (const Setting& setting : with_decay.settings())
    if (setting.name == "weight_decay") with_decay = with_decay.with("weight_decay", "0.1");
  const Tensor used = leaf(points({5}, 1)), unused = leaf(points({7}, 2)), before = unused.clone();
  Optimizer optimizer(with_decay, std::vector<Parameter>{{"used", used}, {"unused", unused}});
  for (int i = 0; i < 5; ++i) optimizer.step([&] { return sum(square(used - 3)); });
  EXPECT_TRUE(same_bits(unused, before));
  for (const auto& [name, tensor] : optimizer.state()) {
    if (name == "unused.step") EXPECT_EQ(tensor.item(), 0);
    else EXPECT_NE(name.substr(0, 6), "unused") << name;
  }
}

TEST_P(OptimizerContract, ManySmallTensorsEqualOneBigOne) {
  if (works_per_tensor(method())) GTEST_SKIP() << "by its nature it does not";
  constexpr std::int64_t kMany = 2000, kSize = 9;
  const Tensor all = points({kMany * kSize}, 1);
  const Tensor big = leaf(all.clone());
  std::vector<Tensor> small;
  for (std::int64_t i = 0; i < kMany; ++i)
    small.push_back(leaf(slice(all, i * kSize, (i + 1) * kSize).clone()));
  Optimizer first(method(), {big}), second(method(), small);
  if (first.needs_closure()) {
    const Tensor scale = points({kMany * kSize}, 2, 0.5, 2);
    for (int i = 0; i < 3; ++i) {
      first.step([&] { return sum(scale * square(big)); });
      second.step([&] { return sum(scale * square(concat(small))); });
    }
  } else {
    for (std::uint64_t i = 0; i < 4; ++i) {
      give_gradients(first, i);
      for (std::int64_t k = 0; k < kMany; ++k)
        small[static_cast<std::size_t>(k)].set_grad(
            slice(big.grad(), k * kSize, (k + 1) * kSize).clone());
      first.step();
      second.step();
    }
  }
  EXPECT_TRUE(same_bits(concat(small), big));
}

TEST_P(OptimizerContract, GivesTheSameBitsForAnyNumberOfThreads) {
  for (const Type type : {Type::f32, Type::f64}) {
    Tensor one;
    for (int count = 1; count <= 4; ++count) {
      const Threads threads(count);
      const Tensor a = leaf(points({100003}, 1, -2, 2, type)),
                   b = leaf(points({31, 33}, 2, -2, 2, type));
      Optimizer optimizer(method(), {a, b});
      for (std::uint64_t i = 0; i < 3; ++i) any_step(optimizer, i);
      const Tensor now = concat({a, b.reshape({31 * 33})});
      if (count == 1) one = now;
      EXPECT_TRUE(same_bits(now, one)) << count << " threads, " << name_of(type);
    }
  }
}

TEST_P(OptimizerContract, StateGoesRound) {
  const Tensor a = leaf(points({5, 3}, 1)), b = leaf(points({5, 3}, 1));
  Optimizer first(method(), std::vector<Parameter>{{"w", a}}),
      second(method(), std::vector<Parameter>{{"w", b}});
  for (std::uint64_t i = 0; i < 5; ++i) any_step(first, i);
  Tensor target = b;
  target.assign(a);
  second.load_state(first.state());
  EXPECT_TRUE(same_bits(first.state(), second.state()));
  EXPECT_EQ(second.steps(), 5);
  for (std::uint64_t i = 5; i < 9; ++i) any_step(first, i), any_step(second, i);
  EXPECT_TRUE(same_bits(a, b));
  EXPECT_TRUE(same_bits(first.state(), second.state()));
}

TEST_P(OptimizerContract, ListsAllMisfitsOfAStateAndChangesNothing) {
  const Tensor a = leaf(points({5, 3}, 1));
  Optimizer optimizer(method(), std::vector<Parameter>{{"w", a}});
  for (std::uint64_t i = 0; i < 5; ++i) any_step(optimizer, i);
  NamedTensors saved;
  for (const auto& [name, tensor] : optimizer.state()) saved.emplace_back(name, tensor.clone());
  NamedTensors wrong = {{"stranger", Tensor::zeros({1})},
                        {"stranger", Tensor::zeros({1})},
                        {"w.step", Tensor::from(std::vector<std::int64_t>{5}, {})}};
  std::vector<std::string> expected = {"stranger stands there twice", "stranger is not expected",
                                       "steps is missing"};
  for (const auto& [name, tensor] : saved) {
    if (name == "steps" || name == "w.step") continue;
    wrong.emplace_back(name, Tensor::zeros({2, 2}, Type::f64));
    expected.push_back(name + " is (2, 2) float64; expected ");
  }
  try {
    optimizer.load_state(wrong);
    FAIL() << "the state was taken";
  } catch (const DataError& error) {
    for (const std::string& part : expected)
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << part << "\n"
                                                                         << error.what();
  }
  EXPECT_TRUE(same_bits(optimizer.state(), saved));
}

TEST_P(OptimizerContract, RefusesHostileCounts) {
  const Tensor a = leaf(points({4}, 1));
  Optimizer optimizer(method(), std::vector<Parameter>{{"w", a}});
  any_step(optimizer, 0);
  for (const char* name : {"steps", "w.step"}) {
    NamedTensors wrong;
    for (const auto& [key, tensor] : optimizer.state())
      wrong.emplace_back(key,
                         key == name ? Tensor::from(std::vector<std::int64_t>{-3}, {}) : tensor);
    EXPECT_THROW(optimizer.load_state(wrong), DataError) << name;
  }
}

TEST_P(OptimizerContract, SettingARateMidRunKeepsTheStates) {
  const Tensor a = leaf(points({7}, 1));
  Optimizer optimizer(method(), std::vector<Parameter>{{"w", a}});
  for (std::uint64_t i = 0; i < 3; ++i) any_step(optimizer, i);
  NamedTensors before;
  for (const auto& [name, tensor] : optimizer.state()) before.emplace_back(name, tensor.clone());
  const std::string rate = GetParam() == "lookahead" ? "alpha" : "lr";
  optimizer.set(rate, 0.5);
  EXPECT_EQ(optimizer.get(rate), 0.5);
  EXPECT_TRUE(same_bits(optimizer.state(), before));
  any_step(optimizer, 3);
  EXPECT_EQ(optimizer.steps(), 4);
}

TEST_P(OptimizerContract, TakesTensorsWithoutElements) {
  const Tensor none = leaf(Tensor::zeros({0, 3}, Type::f64)), some = leaf(points({3}, 1));
  const Tensor before = some.clone();
  Optimizer optimizer(method(), {none, some});
  for (std::uint64_t i = 0; i < 3; ++i) any_step(optimizer, i);
  EXPECT_FALSE(same_bits(some, before));
  EXPECT_EQ(none.elements(), 0);
}

TEST_P(OptimizerContract, ANanGradientIsNotHidden) {
  const Tensor x = leaf(Tensor({1.0, 2.0}, Type::f64)), before = x.clone();
  Optimizer optimizer(method(), {x});
  const Tensor poison({1.0, std::nan("")}, Type::f64);
  const double value = optimizer.step([&] { return sum(poison * x); });
  EXPECT_TRUE(std::isnan(value));
  // A line search finds no lower value and stays; others carry the NaN where it belongs.
  if (optimizer.needs_closure()) {
    EXPECT_TRUE(same_bits(x, before));
  } else {
    EXPECT_TRUE(std::isnan(x.at(1)));
    EXPECT_TRUE(works_per_tensor(method()) || !std::isnan(x.at(0)));
  }
}

TEST_P(OptimizerContract, RefusesMisuse) {
  Optimizer optimizer(method(), {leaf(points({3}, 1))});
  if (optimizer.needs_closure()) {
    expect_usage([&] { optimizer.step(); }, "closure");
  } else {
    expect_usage([&] { optimizer.step(); }, "gradient");
    EXPECT_EQ(optimizer.steps(), 0);
  }
  expect_usage([&] { Optimizer(method(), std::vector<Tensor>{}); }, "no parameters");
  expect_usage([&] { Optimizer(method(), {points({3}, 1)}); }, "leaf");
  const Tensor twice = leaf(points({3}, 1));
  expect_usage([&] { Optimizer(method(), {twice, twice}); }, "same");
  const Tensor labels_ = Tensor::zeros({3}, Type::i64);
  EXPECT_THROW(Optimizer(method(), {labels_}), UsageError);
}

INSTANTIATE_TEST_SUITE_P(Optimizers, OptimizerContract, testing::ValuesIn(Optimizers::names()),
                         [](const auto& method) { return method.param; });

}  // namespace
}  // namespace downhill
