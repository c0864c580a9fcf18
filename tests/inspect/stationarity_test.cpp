// Longer than 300 lines: one landscape after the other, each with what we say of it.
#include "downhill/inspect/stationarity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <stop_token>

#include "downhill/core/error.h"
#include "tests/inspect/landscapes.h"

namespace downhill {
namespace {

using namespace landscapes;

TEST(Stationarity, SaddleAtTheOrigin) {
  const Stands s =
      stands_at(0, 0, [](const Tensor& x, const Tensor& y) { return square(x) - square(y); });
  EXPECT_EQ(s.stands, "saddle") << explain(s);
  EXPECT_NEAR(*s.h1, 2, 1e-12);
  EXPECT_NEAR(*s.hn, -2, 1e-12);
  EXPECT_LT(*s.hn_residual, 1e-12);
  EXPECT_NEAR(*s.hn_limit, -0.002, 1e-12);
  EXPECT_EQ(*s.gradient_norm, 0);
  EXPECT_EQ(*s.quadratic_decrease, 0);
  EXPECT_NEAR(*s.probe_decrease, 1, 1e-12);  // at distance 1
  EXPECT_NEAR(std::abs(s.along_hn->distance), 1, 1e-15);
  EXPECT_NE(s.reason.find("-2"), std::string::npos);
}

TEST(Stationarity, OffTheSaddleOnTheSteepSideIsDescending) {
  const auto f = [](const Tensor& x, const Tensor& y) { return 5.0 * square(x) - square(y); };
  const Stands s = stands_at(1, 0.5, f);
  EXPECT_EQ(s.stands, "descending") << explain(s);
  EXPECT_NEAR(*s.predicted_decrease, 5, 1e-9);
  EXPECT_NEAR(*s.quadratic_decrease, 5 / 4.75, 1e-9);
  EXPECT_NEAR(*s.unbounded_share, 1.0 / 101, 1e-9);
  // In the valley's floor only the direction of negative curvature is left.
  EXPECT_EQ(stands_at(1e-5, 0.3, f).stands, "saddle");
  // Farther off the loss falls on one side only: the other lies beyond the reach of the probes.
  EXPECT_EQ(stands_at(1e-5, 0.5, f).stands, "descending");
}

TEST(Stationarity, ASlopeThatBendsDownIsNoSaddle) {
  const auto cubic = [](const Tensor& x, const Tensor& y) { return pow(x, 3) + square(y); };
  const auto quartic = [](const Tensor& x, const Tensor& y) { return square(y) - pow(x, 4); };
  EXPECT_EQ(stands_at(-2, 0, cubic).stands, "descending");
  EXPECT_EQ(stands_at(1, 0, quartic).stands, "descending");
}

TEST(Stationarity, MonkeySaddleIsDegenerate) {
  const auto f = [](const Tensor& x, const Tensor& y) { return pow(x, 3) - 3.0 * (x * square(y)); };
  // All curvature is 0 at the origin: to second order neither a minimum nor a saddle.
  const Stands s = stands_at(0, 0, f);
  EXPECT_EQ(s.stands, "saddle") << explain(s);
  EXPECT_EQ(*s.h1, 0);
  EXPECT_EQ(*s.hn, 0);
  EXPECT_TRUE(s.along_hn->falls());
  EXPECT_NE(s.reason.find("degenerate"), std::string::npos);
  const auto& d = s.downhill_direction;
  ASSERT_EQ(d.size(), 2U);
  EXPECT_NEAR(std::hypot(d[0], d[1]), 1, 1e-12);
  EXPECT_LT(std::pow(d[0], 3) - 3 * d[0] * d[1] * d[1], 0);
  // A little off it has curvature of both signs, and nearly no gradient.
  EXPECT_EQ(
      stands_at(1e-4, 0, [&](const Tensor& x, const Tensor& y) { return f(x, y) + 1.0; }).stands,
      "saddle");
}

TEST(Stationarity, AConstantIsFlat) {
  const Stands s =
      stands_at(1, 2, [](const Tensor& x, const Tensor& y) { return 0.0 * (x + y) + 3.0; });
  EXPECT_EQ(s.stands, "minimum") << explain(s);
  EXPECT_FALSE(s.along_hn.has_value());
}

// What higher orders decide: the signs of x^3 and x^4 beside a bowl, and a fourth-order saddle
// whose axes both rise.
TEST(Stationarity, HigherOrdersDecideWhereCurvatureIsZero) {
  const auto at_origin = [](auto f) { return stands_at(0, 0, f).stands; };
  EXPECT_EQ(at_origin([](const Tensor& x, const Tensor& y) { return square(x) + pow(y, 3); }),
            "saddle");
  EXPECT_EQ(at_origin([](const Tensor& x, const Tensor& y) { return square(x) + pow(y, 4); }),
            "minimum");
  EXPECT_EQ(at_origin([](const Tensor& x, const Tensor& y) { return square(x) - pow(y, 4); }),
            "saddle");
  EXPECT_EQ(at_origin([](const Tensor& x, const Tensor& y) {
              return pow(x, 4) + pow(y, 4) + 3.0 * (pow(x, 3) * y);
            }),
            "saddle");
  // A lower valley behind a wall is no way down from here.
  EXPECT_EQ(at_origin([](const Tensor& x, const Tensor& y) {
              return square(x) + pow(y, 4) - 4.0 * pow(y, 6);
            }),
            "minimum");
}

TEST(Stationarity, ASaddlesEigenvalueIsBeyondThreeResiduals) {
  // One Lanczos step on eigenvalues 2 (40 %) and -3 (60 %): about -1, with a residual of 2.4.
  Tensor sign = Tensor::full({200}, 1, Type::f64);
  for (std::int64_t i = 0; i < 120; ++i) sign.set(i, -1.5);
  const Tensor p = leaf(Tensor::zeros({200}, Type::f64));
  StationarityOptions options;
  options.steps = 1;
  const auto measure = [&] {
    return stationarity([&] { return sum(sign * square(p)); }, {p}, options);
  };
  const Stands s = measure();
  EXPECT_LT(*s.hn, -0.3);
  EXPECT_GT(*s.hn, -3 * *s.hn_residual);
  EXPECT_NEAR(*s.hn_limit, -3 * *s.hn_residual, 1e-12);
  EXPECT_NE(s.stands, "saddle") << explain(s);
  options.residuals = 0;
  EXPECT_EQ(measure().stands, "saddle");
}

TEST(Stationarity, RosenbrockAtItsStartAndItsMinimum) {
  const Stands start = stands_at(-1.2, 1, rosenbrock);
  EXPECT_EQ(start.stands, "descending") << explain(start);
  EXPECT_NEAR(*start.loss, 24.2, 1e-12);
  EXPECT_NEAR(*start.gradient_norm, 232.8676884, 1e-6);
  // H = [[1330, 480], [480, 200]].
  EXPECT_NEAR(*start.h1, 765 + std::sqrt(565.0 * 565 + 480 * 480), 1e-9);
  EXPECT_NEAR(*start.hn, 765 - std::sqrt(565.0 * 565 + 480 * 480), 1e-9);
  const Stands end = stands_at(1, 1, rosenbrock);
  EXPECT_EQ(end.stands, "minimum") << explain(end);
  // H = [[802, -400], [-400, 200]].
  EXPECT_NEAR(*end.h1, 501 + std::sqrt(301.0 * 301 + 400 * 400), 1e-9);
  EXPECT_NEAR(*end.hn, 501 - std::sqrt(301.0 * 301 + 400 * 400), 1e-9);
  EXPECT_EQ(end.reason.find("global"), std::string::npos);
}

TEST(Stationarity, NearTheMinimumOfALossThatReachesZero) {
  // Here the loss could fall by all of itself, and yet there is nothing to win.
  EXPECT_EQ(stands_at(1 + 1e-8, 1 + 2e-8, rosenbrock).stands, "minimum");
  EXPECT_EQ(stands_at(1 + 1e-3, 1 + 2e-3, rosenbrock).stands, "descending");
}

TEST(Stationarity, TheTailOfAnExponential) {
  // e^-x falls by all of itself however flat it is; on a floor of 1 the same tail is flat.
  const auto tail = [](const Tensor& x, const Tensor& y) { return exp(0.0 - x) + square(y); };
  EXPECT_EQ(stands_at(10, 0, tail).stands, "ravine");  // between the walls of y^2
  const Stands s =
      stands_at(20, 0, [&](const Tensor& x, const Tensor& y) { return tail(x, y) + 1.0; });
  EXPECT_EQ(s.stands, "minimum") << explain(s);
  EXPECT_LT(*s.quadratic_decrease, 1e-8);
}

TEST(Stationarity, ALossOfStraightPiecesIsDescending) {
  // No curvature anywhere: the quadratic model is blind, the loss itself is asked.
  const Stands s =
      stands_at(3, -2, [](const Tensor& x, const Tensor& y) { return abs(x) + abs(y); });
  EXPECT_EQ(s.stands, "descending") << explain(s);
  EXPECT_EQ(*s.unbounded_share, 1);
  EXPECT_TRUE(s.along_gradient->falls());
}

TEST(Stationarity, NegativeCurvatureWithoutAFallIsNoSaddle) {
  // A bump far lower than the loss's rounding: hn is -18, and yet the loss falls nowhere.
  const Stands s = stands_at(0, 0, [](const Tensor& x, const Tensor& y) {
    return square(x) + square(y) + 1e-18 * exp(square(y) * -1e19) + 1.0;
  });
  EXPECT_NEAR(*s.hn, -18, 1e-9);
  EXPECT_LT(*s.hn, *s.hn_limit);
  EXPECT_FALSE(s.along_hn->falls());
  EXPECT_EQ(s.stands, "minimum") << explain(s);
  EXPECT_NE(s.reason.find("no probe falls"), std::string::npos);
}

TEST(Stationarity, ANetworkThatBeginsAtZeroStaysOnASaddle) {
  for (const Type type : {Type::f64, Type::f32}) {
    Network network(type);
    for (Tensor& p : network.p) p.fill(0);
    network.descend(200, 0.1);  // moves the last bias alone
    const Stands s = stationarity([&] { return network.loss(); }, network.p);
    EXPECT_EQ(s.stands, "saddle") << explain(s);
    EXPECT_LT(*s.hn, *s.hn_limit);
    EXPECT_TRUE(s.along_hn->falls());
    EXPECT_LT(*s.quadratic_decrease, 1e-6);
  }
}

TEST(Stationarity, ANetworkOfEqualUnitsStaysOnASaddle) {
  Network network(Type::f64);
  network.p[0].fill(0.3);
  network.p[1].fill(0);
  network.p[2].fill(0.2);
  network.descend(6000, 0.1);
  const Stands s = stationarity([&] { return network.loss(); }, network.p);
  EXPECT_EQ(s.stands, "saddle") << explain(s);
  EXPECT_GT(*s.probe_decrease, 0.01 * *s.loss);
}

TEST(Stationarity, DeepLinearNetworkAtZero) {
  Random random(1);
  const Tensor x = random_normal(random, {20, 3}, 0, 1, Type::f64);
  const Tensor y = sum(x, 1, true);
  const auto measure = [&](int layers) {
    Tensors w;
    for (int i = 0; i < layers; ++i)
      w.push_back(leaf(Tensor::zeros(i + 1 < layers ? Shape{3, 3} : Shape{1, 3}, Type::f64)));
    return stationarity(
        [&] {
          Tensor h = x;
          for (const Tensor& weight : w) h = linear(h, weight);
          return mean(square(h - y));
        },
        w);
  };
  const Stands two = measure(2);
  EXPECT_EQ(two.stands, "saddle") << explain(two);
  EXPECT_NEAR(*two.h1, -*two.hn, 1e-9);  // the spectrum at the origin is symmetric
  const Stands three = measure(3);       // all second derivatives are 0, the third are not
  EXPECT_EQ(three.stands, "saddle") << explain(three);
}

TEST(Stationarity, ATrainedNetworkDescendsThenStandsStill) {
  Network network(Type::f64, 3, 2);
  const auto measure = [&] { return stationarity([&] { return network.loss(); }, network.p); };
  EXPECT_EQ(measure().stands, "descending");
  network.descend(30000, 0.1);
  const Stands end = measure();
  EXPECT_EQ(end.stands, "minimum") << explain(end);
}

TEST(Stationarity, ShiftedFloat32Quadratic) {
  // Far from the origin float32 cannot write the parameters finely enough to fall further.
  Random random(8);
  const Tensor target = random_normal(random, {200}, 1000, 1, Type::f32);
  const Tensor width = random_uniform(random, {200}, 0.5, 30, Type::f32);
  Tensor p = leaf(target);
  p.assign(target + random_normal(random, {200}, 0, 1e-5, Type::f32));
  const Stands s = stationarity([&] { return mean(width * square(p - target)); }, {p});
  EXPECT_EQ(s.stands, "minimum") << explain(s);
  p.assign(target + random_normal(random, {200}, 0, 1, Type::f32));
  const Stands far = stationarity([&] { return mean(width * square(p - target)); }, {p});
  EXPECT_EQ(far.stands, "descending") << explain(far);
  EXPECT_NEAR(*far.quadratic_decrease, 1, 0.05);
  EXPECT_NEAR(*far.h1, 2 * max(width).item() / 200, 1e-3 * *far.h1);
}

TEST(Stationarity, WhatIsNotFiniteIsUnknown) {
  const double inf = std::numeric_limits<double>::infinity();
  const auto log_x = [](const Tensor& x, const Tensor& y) { return log(x) + square(y); };
  const Stands loss = stands_at(0, 1, log_x);
  EXPECT_EQ(loss.stands, "unknown");
  EXPECT_EQ(*loss.loss, -inf);
  EXPECT_FALSE(loss.h1.has_value());
  EXPECT_NE(loss.reason.find("loss is -inf"), std::string::npos);
  const Stands gradient =
      stands_at(0, 1, [](const Tensor& x, const Tensor& y) { return sqrt(x) + square(y); });
  EXPECT_EQ(gradient.stands, "unknown");
  EXPECT_NE(gradient.reason.find("gradient"), std::string::npos);
  const Stands curvature =
      stands_at(0, 1, [](const Tensor& x, const Tensor& y) { return pow(x, 1.5) + square(y); });
  EXPECT_EQ(curvature.stands, "unknown") << explain(curvature);
  EXPECT_NE(curvature.reason.find("curvature"), std::string::npos);
  EXPECT_FALSE(explain(curvature).empty());
}

TEST(Stationarity, PartsAreOneObjective) {
  const Network network(Type::f64);
  const auto part = [&](std::int64_t begin, std::int64_t end) {
    return [&network, begin, end] {
      const Tensors& p = network.p;
      const Tensor h = tanh(linear(slice(network.x, begin, end), p[0], p[1]));
      return mean(square(linear(h, p[2], p[3]) - slice(network.y, begin, end)));
    };
  };
  const Stands whole = stationarity([&] { return network.loss(); }, network.p);
  const Stands parts =
      stationarity(Objective({part(0, 10), part(10, 32)}, {10.0 / 32, 22.0 / 32}), network.p);
  EXPECT_EQ(parts.stands, whole.stands);
  EXPECT_NEAR(*parts.loss, *whole.loss, 1e-14);
  EXPECT_NEAR(*parts.h1, *whole.h1, 1e-9);
  EXPECT_NEAR(*parts.hn, *whole.hn, 1e-6);
  EXPECT_NEAR(*parts.quadratic_decrease, *whole.quadratic_decrease, 1e-9);
  EXPECT_THROW(Objective(std::vector<Objective::Part>{}), UsageError);
  EXPECT_THROW(Objective({part(0, 1)}, {1, 2}), UsageError);
}

std::vector<unsigned char> bits_of(const Tensors& tensors) {
  std::vector<unsigned char> all;
  for (const Tensor& t : tensors) {
    const auto* bytes = static_cast<const unsigned char*>(t.raw());
    all.insert(all.end(), bytes, bytes + t.bytes());
  }
  return all;
}

TEST(Stationarity, ParametersKeepTheirBits) {
  for (const Type type : {Type::f32, Type::f64}) {
    Network network(type);
    for (Tensor& p : network.p) p.fill(0);  // a saddle: the loss is probed
    network.p[3].fill(-0.0);
    network.p[2].set(1, 1e-30);
    const auto before = bits_of(network.p);
    const Stands s = stationarity([&] { return network.loss(); }, network.p);
    EXPECT_TRUE(s.along_hn.has_value()) << explain(s);
    EXPECT_EQ(bits_of(network.p), before);
    EXPECT_FALSE(network.p[0].grad().defined());
  }
}

TEST(Stationarity, ParametersKeepTheirBitsWhenTheObjectiveThrows) {
  Tensor x = leaf(Tensor({0.1, 0.2, 0.3}, Type::f64));
  for (int fail_at = 1; fail_at < 6; ++fail_at) {
    x.fill(0);
    x.set(1, 1e-3);
    const auto before = bits_of({x});
    int calls = 0;
    const auto objective = [&] {
      if (++calls == fail_at) throw DataError("[test] no more");
      return sum(pow(x, 4)) - sum(square(x));
    };
    EXPECT_THROW(stationarity(objective, {x}), DataError);
    EXPECT_EQ(bits_of({x}), before);
    EXPECT_TRUE(recording());
  }
}

TEST(Stationarity, ConstantsAreOptions) {
  const auto f = [](const Tensor& x, const Tensor& y) {
    return square(x) - 1e-4 * square(y) + 5.0;
  };
  StationarityOptions strict;
  strict.whole = 0;  // else the loss is asked where curvature is within the tolerance
  EXPECT_EQ(stands_at(0, 0, f, strict).stands, "minimum");
  EXPECT_EQ(stands_at(0, 0, f).stands, "saddle");
  strict.curvature = 1e-6;
  const Stands s = stands_at(0, 0, f, strict);
  EXPECT_EQ(s.stands, "saddle");
  bool found = false;
  for (const auto& [name, value] : s.constants)
    found = found || (name == "curvature" && value == 1e-6);
  EXPECT_TRUE(found);
  StationarityOptions loose;
  loose.decrease = 2;
  EXPECT_NE(stands_at(-1.2, 1, rosenbrock, loose).stands, "descending");
}

TEST(Stationarity, StopsWhenAsked) {
  std::stop_source source;
  StationarityOptions options;
  int ticks = 0;
  options.stop = source.get_token();
  options.progress = [&](int, int) {
    if (++ticks == 2) source.request_stop();
  };
  const Stands s = stands_at(-1.2, 1, rosenbrock, options);
  EXPECT_EQ(s.stands, "unknown");
  EXPECT_NE(s.reason.find("stopped"), std::string::npos);
  EXPECT_EQ(ticks, 2);
}

TEST(Stationarity, RefusesMisuse) {
  const Tensor x = leaf(Tensor({1, 2}, Type::f64));
  const auto f = [&] { return sum(square(x)); };
  EXPECT_THROW(stationarity(f, {}), UsageError);
  EXPECT_THROW(stationarity(f, {x * 2.0}), UsageError);
  EXPECT_THROW(stationarity(f, {Tensor({1, 2}, Type::f64)}), UsageError);
  EXPECT_THROW(stationarity([&] { return square(x); }, {x}), UsageError);
  StationarityOptions bad;
  bad.steps = 0;
  EXPECT_THROW(stationarity(f, {x}, bad), UsageError);
  bad = {};
  bad.probe_lengths = {};
  EXPECT_THROW(stationarity(f, {x}, bad), UsageError);
  const NoGraph no_graph;
  EXPECT_THROW(stationarity(f, {x}), UsageError);
}

TEST(Stationarity, ExplainsItself) {
  const Stands s =
      stands_at(0, 0, [](const Tensor& x, const Tensor& y) { return square(x) - square(y); });
  const std::string text = explain(s);
  for (const char* part : {"saddle:", "largest eigenvalue", "smallest eigenvalue", "residual",
                           "gradient norm", "falls by", "constants", "krylov_steps 20"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

}  // namespace
}  // namespace downhill
