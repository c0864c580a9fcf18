// The best constants of distributions: no draw of their own parameters does better, neither constant has
// a slope left, and the target's unit does not matter.
#include <gtest/gtest.h>

#include <cmath>

#include "downhill/core/error.h"
#include "downhill/core/random.h"
#include "downhill/losses/list.h"
#include "downhill/train/head.h"

namespace downhill {
namespace {

using Numbers = std::vector<double>;
constexpr std::size_t kRows = 700;

struct Draw {
  Random random{11};
  double uniform() { return random.uniform(); }
  double normal() { return random.normal(); }
  double exponential() { return -std::log(1 - uniform()); }
  double gamma(double shape) {  // Marsaglia and Tsang; shapes below 1 by a power of a uniform
    if (shape < 1) return gamma(shape + 1) * std::pow(1 - uniform(), 1 / shape);
    const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
    for (;;) {
      const double x = normal(), v = std::pow(1 + c * x, 3);
      if (v > 0 && std::log(1 - uniform()) < 0.5 * x * x + d - d * v + d * std::log(v))
        return d * v;
    }
  }
  double poisson(double rate) {
    double sum = exponential();
    int count = 0;
    for (; sum < rate; ++count) sum += exponential();
    return count;
  }
  double beta(double a, double b) {
    const double x = gamma(a), y = gamma(b);
    return std::min(std::max(x / (x + y), 1e-15), 1 - 1e-12);
  }
};

template <class One>
Numbers drawn(One one) {
  Draw draw;
  Numbers y(kRows);
  for (double& v : y) v = one(draw);
  return y;
}

double loss_at(const Loss& loss, const Numbers& y, double a, double b) {
  const auto n = static_cast<std::int64_t>(y.size());
  return loss({Tensor::full({n, 1}, a, Type::f64), Tensor::full({n, 1}, b, Type::f64)},
              Tensor::from(y, {n, 1}))
      .item();
}

struct Case {
  std::string name;
  Loss loss;
  Numbers y;
  double a, b;  ///< of the draw
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const double unit : {1e-9, 1e-4, 1.0, 1e6}) {
    const std::string in = " in units of " + std::to_string(unit);
    const auto add = [&](const char* loss, auto one, double a, double b) {
      all.push_back(
          {loss + in, Loss::parse(loss), drawn([&](Draw& d) { return unit * one(d); }), a, b});
    };
    const std::string eps = ":eps=1e-16";  // below every spread here
    const auto normal = [](Draw& d) { return -5 + 0.2 * d.normal(); };
    add("gaussian_nll:eps=1e-30", normal, -5 * unit, 0.04 * unit * unit);
    add(("crps_normal" + eps).c_str(), normal, -5 * unit, 0.2 * unit);
    add(("student_t_nll" + eps).c_str(), normal, -5 * unit, 0.2 * unit);
    add(("laplace_nll" + eps).c_str(),
        [](Draw& d) { return 3 + (d.uniform() < 0.5 ? -0.1 : 0.1) * d.exponential(); }, 3 * unit,
        0.1 * unit);
    add(
        "log_normal_nll", [](Draw& d) { return std::exp(0.3 * d.normal() - 1); },
        std::log(unit) - 1, 0.3);
    add(
        "gamma_nll", [](Draw& d) { return d.gamma(2.5); }, 2.5 * unit, 2.5);
    add(
        "weibull_nll", [](Draw& d) { return 2 * std::pow(d.exponential(), 1 / 1.8); }, 2 * unit,
        1.8);
  }
  for (const auto& [mean, k] : {std::pair(0.5, 10.0),
                                {0.018, 500},
                                {0.02, 4},
                                {0.98, 80},
                                {0.001, 5e4},
                                {1.5e-9, 2e10},
                                {1e-5, 1e5},
                                {1e-6, 1e6},
                                {0.99999, 1e5},
                                {1e-4, 1e6},
                                {0.3, 0.4}}) {
    const double odds = std::log(mean / (1 - mean));
    all.push_back({"beta of mean " + std::to_string(mean), BetaNLL{},
                   drawn([m = mean, p = k](Draw& d) { return d.beta(m * p, (1 - m) * p); }), odds,
                   k});
  }
  for (const auto& [rate, none] : {std::pair(4.8, 0.3), {0.7, 0.5}, {400.0, 0.05}, {30, 0.95}})
    all.push_back(
        {"zeros beside a rate of " + std::to_string(rate), ZeroInflatedPoisson{},
         drawn([r = rate, q = none](Draw& d) { return d.uniform() < q ? 0 : d.poisson(r); }), rate,
         std::log(none / (1 - none))});
  for (const auto& [mean, dispersion] : {std::pair(8.0, 0.5), {300, 2}, {0.4, 1.5}})
    all.push_back(
        {"counts of mean " + std::to_string(mean), NegativeBinomialNLL{},
         drawn([m = mean, v = dispersion](Draw& d) { return d.poisson(m * v * d.gamma(1 / v)); }),
         mean, dispersion});
  return all;
}

TEST(HeadPairs, AreAsGoodAsWhatTheRowsWereDrawnFrom) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const Head head = find_head({.loss = c.loss, .target = Tensor::from(c.y)});
    const double found = loss_at(c.loss, c.y, head.c[0], head.c[1]);
    EXPECT_NEAR(found, head.constant_loss, 1e-9 * (1 + std::abs(found)));
    EXPECT_LE(found, loss_at(c.loss, c.y, c.a, c.b) + 1e-12);
    // A step either way in one, the other, or both: nothing is lower than rounding can tell.
    const double far = 1e-3,
                 first = head.link[0] == LinkFunction::softplus ? head.c[0] * far : far * head.s[0],
                 second =
                     head.link[1] == LinkFunction::softplus ? head.c[1] * far : far * head.s[1];
    for (const double i : {-1.0, 0.0, 1.0})
      for (const double j : {-1.0, 0.0, 1.0})
        EXPECT_GE(loss_at(c.loss, c.y, head.c[0] + i * first, head.c[1] + j * second),
                  found - 1e-11 * std::abs(found))
            << i << " " << j;
  }
}

// What a network's output of size 1 moves: neither nothing nor everything.
TEST(HeadPairs, LogarithmsAndLogOddsMoveInTheirOwnUnits) {
  for (const Case& c : cases()) {
    if (c.name.find("log_normal") == c.name.npos && c.name.find("beta") == c.name.npos) continue;
    SCOPED_TRACE(c.name);
    const Head head = find_head({.loss = c.loss, .target = Tensor::from(c.y)});
    EXPECT_GT(head.s[0], 0.01);
    EXPECT_LT(head.s[0], 10);
  }
}

// No zero speaks for a share of zeros: its log odds have no best, and stay where an output moves them.
TEST(HeadPairs, AShareThatNothingSpeaksForCanStillMove) {
  for (const double rate : {4.0, 400.0}) {
    const Numbers y = drawn([&](Draw& d) { return 1 + d.poisson(rate); });
    const Head head = find_head({.loss = ZeroInflatedPoisson{}, .target = Tensor::from(y)});
    EXPECT_NEAR(head.c[0], rate + 1, 0.1 * rate);
    EXPECT_GE(head.c[1], -8);
    EXPECT_GT(head.s[1], 0.1);
  }
}

TEST(HeadPairs, WhatLeavesTheNumbersIsRefused) {
  const Numbers y = drawn([](Draw& d) { return 1e200 * d.normal(); });
  EXPECT_THROW(find_head({.loss = GaussianNLL{}, .target = Tensor::from(y)}), DataError);
}

}  // namespace
}  // namespace downhill
