// What is promised of every loss of the list, over the list.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "downhill/losses/list.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/reduce.h"
#include "tests/contracts/loss_cases.h"

namespace downhill {
namespace {

using namespace contract;

Tensor apply(const Case& c, const Tensors& p, const Tensor& weight, Reduction r) {
  return c.loss.apply(p, c.all_targets(), weight, r);
}

struct Compared {
  std::int64_t count = 0;
  double worst = 0;
};

/// max |ours - reference| / max(|reference|, 1e-3 of the largest entry).
Compared compare(const std::vector<double>& ours, const Reals& reference) {
  Real largest = 0;
  for (const Real r : reference) largest = std::max(largest, std::fabs(r));
  Compared result;
  for (std::size_t i = 0; i < ours.size(); ++i, ++result.count) {
    // Where every true entry is 0 the differences are rounding: compared absolutely.
    const Real scale =
        largest < 1e-9L ? 1 : std::max(std::fabs(reference[i]), largest * Real(1e-3));
    const Real error = std::fabs(static_cast<Real>(ours[i]) - reference[i]) / scale;
    if (!(error <= static_cast<Real>(result.worst))) result.worst = static_cast<double>(error);
  }
  return result;
}

std::vector<Reals> all_reals(const Tensors& t) {
  std::vector<Reals> r;
  for (const Tensor& x : t) r.push_back(reals(x));
  return r;
}
/// d oracle / d every prediction, and, along u, the Hessian's product from differences of slopes.
Reals slopes(const Case& c, std::vector<Reals> x, const Reals& w) {
  Reals result;
  for (std::size_t k = 0; k < x.size(); ++k)
    for (Real& moved : x[k]) {
      const Real at = moved;
      result.push_back(oracle::derivative(
          [&](Real v) {
            moved = v;
            return c.sum(x, w);
          },
          at, static_cast<Real>(c.step)));
      moved = at;
    }
  return result;
}
Reals curvature(const Case& c, const Tensors& at, const Tensors& u, const Reals& w) {
  const auto x = all_reals(at), direction = all_reals(u);
  const std::size_t n = slopes(c, x, w).size();
  std::vector<Reals> seen;
  std::map<Real, Reals> cache;
  Reals result;
  for (std::size_t i = 0; i < n; ++i)
    result.push_back(oracle::derivative(
        [&](Real t) {
          if (!cache.contains(t)) {
            auto moved = x;
            for (std::size_t k = 0; k < x.size(); ++k)
              for (std::size_t j = 0; j < x[k].size(); ++j) moved[k][j] += t * direction[k][j];
            cache[t] = slopes(c, moved, w);
          }
          return cache[t][i];
        },
        0, static_cast<Real>(c.step)));
  return result;
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
  std::int64_t first_count = 0, second_count = 0;
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const Shape items = apply(c, c.predictions, {}, Reduction::each).shape();
    const Tensor weight = points(items, 31, 0.2, 2);
    const Reals w = reals(weight), x_ones(w.size(), 1);
    const auto f = [&](const Tensors& p) { return apply(c, p, weight, Reduction::sum); };
    const auto exact = c.sum(all_reals(c.predictions), w);
    EXPECT_NEAR(f(c.predictions).item(), static_cast<double>(exact),
                1e-13 * (1 + std::abs(static_cast<double>(exact))));
    const Compared first = compare(joined(value_and_grad(f, c.predictions).gradients),
                                   slopes(c, all_reals(c.predictions), w));
    EXPECT_LE(first.worst, 1e-10);
    Tensors u;
    for (const Tensor& p : c.predictions) u.push_back(points(p.shape(), 32 + u.size()));
    const auto h = joined(hvp(f, c.predictions, u));
    const Compared second = compare(h, curvature(c, c.predictions, u, w));
    EXPECT_LE(second.worst, 1e-8);
    // The same through `each` with its own weights, and through the mean.
    const auto by_each = [&](const Tensors& p) {
      return sum(apply(c, p, {}, Reduction::each) * weight);
    };
    const Tensors g = value_and_grad(f, c.predictions).gradients,
                  ge = value_and_grad(by_each, c.predictions).gradients;
    EXPECT_LE(compare(joined(ge),
                      [&] {
                        const auto v = joined(g);
                        return Reals(v.begin(), v.end());
                      }())
                  .worst,
              1e-12);
    EXPECT_LE(compare(joined(hvp(by_each, c.predictions, u)), Reals(h.begin(), h.end())).worst,
              1e-12);
    const auto mean = [&](const Tensors& p) { return apply(c, p, weight, Reduction::mean) * 3.0; };
    const double total = c.loss.total_weight(c.predictions, c.all_targets(), weight);
    Reals scaled;
    for (const double v : h) scaled.push_back(static_cast<Real>(v) * 3 / static_cast<Real>(total));
    EXPECT_LE(compare(joined(hvp(mean, c.predictions, u)), scaled).worst, 1e-12);
    first_count += first.count;
    second_count += second.count;
    std::printf("  %-38s %3lld slopes %.1e, %3lld of H u %.1e\n", c.name.c_str(),
                static_cast<long long>(first.count), first.worst,
                static_cast<long long>(second.count), second.worst);
  }
  std::printf(
      "  by extrapolated differences of the long double oracle: %lld slopes, %lld of H u; at kinks "
      "one-sided, by value: see KinksHaveTheirStatedSlope\n",
      static_cast<long long>(first_count), static_cast<long long>(second_count));
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
  EXPECT_GT(
      compare(joined(value_and_grad(f, {x}).gradients), slopes(c, all_reals({x}), ones)).worst,
      4e-8);
}

struct Derived {
  double pos_weight = 1;
  static constexpr bool by_column = true;
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
  EXPECT_LE(compare(grad(stated).to_vector(), reals(grad(derived))).worst, 1e-12);
  EXPECT_LE(compare(curve(stated).to_vector(), reals(curve(derived))).worst, 1e-12);
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

TEST(LossContract, Float32AgreesWithFloat64) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    Case single = c;
    for (Tensor& p : single.predictions) p = p.to(Type::f32);
    if (c.target.defined() && c.target.type() == Type::f64) single.target = c.target.to(Type::f32);
    for (Tensor& y : single.targets)
      if (y.type() == Type::f64) y = y.to(Type::f32);
    const auto mean = [](const Case& of) {
      return [&of](const Tensors& p) { return apply(of, p, {}, Reduction::mean); };
    };
    const auto a = value_and_grad(mean(c), c.predictions),
               b = value_and_grad(mean(single), single.predictions);
    EXPECT_NEAR(a.value.item(), b.value.item(), 2e-6 * (1 + std::abs(a.value.item())));
    const auto ga = joined(a.gradients), gb = joined(b.gradients);
    for (std::size_t i = 0; i < ga.size(); ++i)
      EXPECT_NEAR(ga[i], gb[i], 5e-6 * (1 + std::abs(ga[i])));
  }
}

}  // namespace
}  // namespace downhill
