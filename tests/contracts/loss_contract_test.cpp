// What is promised of every loss of the list, over the list.
#include <gtest/gtest.h>

#include <cstdio>

#include "downhill/losses/list.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/reduce.h"
#include "tests/contracts/loss_cases.h"
#include "tests/contracts/loss_exact.h"

namespace downhill {
namespace {

using namespace contract;

Tensor apply(const Case& c, const Tensors& p, const Tensor& weight, Reduction r) {
  return c.loss.apply(p, c.all_targets(), weight, r);
}

TEST(LossContract, TheListIsCovered) {
  for (const std::string& name : Losses::names()) {
    if (Loss::parse(name).terms().size() > 1) continue;  // by its terms: tests/losses/sum_test.cpp
    bool found = false;
    for (const Case& c : cases()) found = found || c.loss.name() == name;
    EXPECT_TRUE(found) << name << " has no case here";
  }
}

TEST(LossContract, ValuesAndDerivativesAgainstTheOracle) {
  std::size_t count = 0;
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const Shape items = apply(c, c.predictions, {}, Reduction::each).shape();
    const Tensor weight = points(items, 31, 0.2, 2);
    const Reals w = reals(weight);
    const auto f = [&](const Tensors& p) { return apply(c, p, weight, Reduction::sum); };
    Tensors u;
    for (const Tensor& p : c.predictions) u.push_back(points(p.shape(), 32 + u.size()));
    const Exact truth = exact(c, c.predictions, u, w);
    const double first =
        worst_error(joined(value_and_grad(f, c.predictions).gradients), truth.gradient);
    EXPECT_LE(first, 1e-12);
    const auto h = joined(hvp(f, c.predictions, u));
    const double second = worst_error(h, truth.product);
    EXPECT_LE(second, 1e-11);
    std::printf("  %-38s %3zu slopes %.1e, H u %.1e\n", c.name.c_str(), h.size(), first, second);
    count += h.size();
  }
  std::printf("  %zu slopes and as many of H u\n", count);
}

TEST(LossContract, EachAndTheMeanHaveTheDerivativesOfTheSum) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const Tensor weight = points(apply(c, c.predictions, {}, Reduction::each).shape(), 31, 0.2, 2);
    Tensors u;
    for (const Tensor& p : c.predictions) u.push_back(points(p.shape(), 32 + u.size()));
    const auto total = [&](const Tensors& p) { return apply(c, p, weight, Reduction::sum); };
    const auto by_each = [&](const Tensors& p) {
      return sum(apply(c, p, {}, Reduction::each) * weight);
    };
    const auto mean = [&](const Tensors& p) { return apply(c, p, weight, Reduction::mean) * 3.0; };
    const auto g = joined(value_and_grad(total, c.predictions).gradients),
               h = joined(hvp(total, c.predictions, u));
    const Reals first(g.begin(), g.end()), second(h.begin(), h.end());
    EXPECT_LE(worst_error(joined(value_and_grad(by_each, c.predictions).gradients), first), 1e-12);
    EXPECT_LE(worst_error(joined(hvp(by_each, c.predictions, u)), second), 1e-12);
    const double share = 3 / c.loss.total_weight(c.predictions, c.all_targets(), weight);
    Reals scaled = second;
    for (Real& v : scaled) v *= share;
    EXPECT_LE(worst_error(joined(hvp(mean, c.predictions, u)), scaled), 1e-12);
  }
}

TEST(LossContract, KinksHaveTheirStatedSlope) {
  const auto slope = [](const Loss& loss, double p, double y) {
    return value_and_grad([&](const Tensors& x) { return loss.sum(x[0], Tensor({y}, Type::f64)); },
                          {Tensor({p}, Type::f64)})
        .gradients[0]
        .item();
  };
  EXPECT_EQ(slope(MAE{}, 2, 2), 0);
  EXPECT_EQ(slope(Huber{}, 3, 2), 1);
  EXPECT_EQ(slope(Huber{}, 1, 2), -1);
  const Tensor a = points({1, 3}, 1);
  const Tensors same = value_and_grad(
                           [](const Tensors& x) {
                             return Loss(Triplet{.margin = 0})({x[0], x[1], x[2]});
                           },
                           {a, a, a})
                           .gradients;
  for (const double v : joined(same)) EXPECT_EQ(v, 0);
}

struct WrongSlope {
  static constexpr const char* name = "wrong";
  constexpr auto operator()(auto p, auto y) const { return (p - y) * (p - y); }
  constexpr auto value_and_slope(auto p, auto y) const {
    return std::pair((p - y) * (p - y), 2.0000001 * (p - y));
  }
};

TEST(LossContract, NegativeControlAWrongSlopeIsFound) {
  const Tensor x = points({13}, 2), y = points({13}, 1);
  const Case c =
      pointwise_case("wrong", WrongSlope{}, x, y, [](Real p, Real t) { return oracle::mse(p, t); });
  const auto f = [&](const Tensors& p) { return apply(c, p, {}, Reduction::sum); };
  const Reals ones(13, 1);
  EXPECT_GT(worst_error(joined(value_and_grad(f, {x}).gradients), exact(c, {x}, {}, ones).gradient),
            4e-8);
}

struct Derived {
  double pos_weight = 1;
  static constexpr bool by_column = true;
  static constexpr auto options() {
    return std::array{option<&Derived::pos_weight>("pos_weight", kPositive, "of a positive")};
  }
  auto operator()(auto p, auto y, auto column) const {
    return BCEWithLogits{.pos_weight = pos_weight}(p, y, column);
  }
};

TEST(LossContract, TheStatedSlopeIsTheDerivedOne) {
  const Loss stated = BCEWithLogits{.pos_weight = 2.5}, derived = Derived{.pos_weight = 2.5};
  const Tensor x = points({1001}, 1, -40, 40), y = points({1001}, 2, 0, 1), u = points({1001}, 3);
  const auto grad = [&](const Loss& l) {
    return value_and_grad([&](const Tensors& p) { return l.sum(p[0], y); }, {x}).gradients[0];
  };
  const auto curve = [&](const Loss& l) {
    return hvp([&](const Tensors& p) { return l.sum(p[0], y); }, {x}, {u})[0];
  };
  EXPECT_LE(worst_error(grad(stated).to_vector(), reals(grad(derived))), 1e-12);
  EXPECT_LE(worst_error(curve(stated).to_vector(), reals(curve(derived))), 1e-12);
}

TEST(LossContract, MeanSumEachAndWeightsAgree) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const Tensor each = apply(c, c.predictions, {}, Reduction::each);
    const Tensor weight = points(each.shape(), 41, 0, 3);
    double total = 0, plain = 0;
    for (std::int64_t i = 0; i < each.elements(); ++i) {
      total += weight.at(i) * each.at(i);
      plain += each.at(i);
    }
    const double mean = total / c.loss.total_weight(c.predictions, c.all_targets(), weight);
    EXPECT_NEAR(apply(c, c.predictions, weight, Reduction::mean).item(), mean,
                1e-12 * (1 + std::abs(mean)));
    EXPECT_NEAR(apply(c, c.predictions, weight, Reduction::sum).item(), total,
                1e-12 * (1 + std::abs(total)));
    EXPECT_NEAR(apply(c, c.predictions, {}, Reduction::sum).item(), plain,
                1e-12 * (1 + std::abs(plain)));
    const Tensor weighed = apply(c, c.predictions, weight, Reduction::each);
    for (std::int64_t i = 0; i < each.elements(); ++i)
      EXPECT_NEAR(weighed.at(i), weight.at(i) * each.at(i), 1e-13);
    // Weights of 0 alone: nothing counts.
    const Tensor zero = Tensor::zeros(each.shape(), Type::f64);
    EXPECT_EQ(apply(c, c.predictions, zero, Reduction::mean).item(), 0);
    EXPECT_EQ(c.loss.total_weight(c.predictions, c.all_targets(), zero), 0);
    for (const double v :
         joined(value_and_grad([&](const Tensors& p) { return apply(c, p, zero, Reduction::mean); },
                               c.predictions)
                    .gradients))
      EXPECT_EQ(v, 0);
  }
}

TEST(LossContract, Float32HasTheSameDerivatives) {
  double worst_first = 0, worst_second = 0;
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const Case single = in_type(c, Type::f32);
    const auto f = [&](const Tensors& p) { return apply(single, p, {}, Reduction::sum); };
    Tensors u, narrow;
    for (const Tensor& p : c.predictions) {
      u.push_back(points(p.shape(), 32 + u.size()));
      narrow.push_back(u.back().to(Type::f32));
    }
    const auto items = apply(c, c.predictions, {}, Reduction::each).elements();
    const Exact truth = exact(c, c.predictions, u, Reals(static_cast<std::size_t>(items), Real(1)));
    const double first = worst_error(joined(value_and_grad(f, single.predictions).gradients),
                                     truth.gradient),
                 second = worst_error(joined(hvp(f, single.predictions, narrow)), truth.product);
    EXPECT_LE(first, 1e-4);
    EXPECT_LE(second, 1e-3);
    if (first > 2e-5 || second > 2e-5)
      std::printf("  %-38s slopes %.1e, H u %.1e\n", c.name.c_str(), first, second);
    worst_first = std::max(worst_first, first);
    worst_second = std::max(worst_second, second);
  }
  std::printf("  worst: slopes %.1e, H u %.1e\n", worst_first, worst_second);
}

}  // namespace
}  // namespace downhill
