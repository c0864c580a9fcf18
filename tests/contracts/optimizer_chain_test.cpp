#include <gtest/gtest.h>

#include <cmath>

#include "downhill/nn/sequential.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/elementwise.h"
#include "downhill/ops/matmul.h"
#include "downhill/ops/reduce.h"
#include "downhill/optim/links/list.h"
#include "downhill/optim/list.h"
#include "downhill/optim/optimizer.h"
#include "downhill/schedules/linear.h"
#include "tests/support/bits.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

// Chains: links of the user's own, clipping, groups.

namespace downhill {
namespace {

Tensor leaf(Tensor t) {
  t.requires_grad(true);
  return t;
}

/// A block link of the user's own: the sign of a running mean (Lion's direction).
struct SignOfMean {
  double beta = 0.9;
  static constexpr const char* name = "sign_of_mean";
  static constexpr std::array<const char*, 1> states = {"mean"};
  template <class N>
  struct State {
    N mean;
  };
  static constexpr auto options() {
    return std::array{option<&SignOfMean::beta>("beta", kFraction, "memory")};
  }
  struct Formula {
    double b;
    constexpr auto operator()(auto g, auto, auto& s) const {
      s.mean = b * s.mean + (1 - b) * g;
      return where(s.mean > 0.0, s.mean * 0.0 + 1.0, s.mean * 0.0 - 1.0);
    }
  };
  Formula at(const Step&) const { return {beta}; }
};

/// A tensor link of the user's own: momentum, then the nearest orthogonal matrix by Newton and
/// Schulz's cubic iteration X <- 1.5 X - 0.5 X X^T X, which converges for singular values in (0,
/// 1]; what is no matrix passes.
struct Orthogonalise {
  double momentum = 0.9;
  std::int64_t rounds = 40;
  static constexpr const char* name = "orthogonalise";
  static constexpr auto options() {
    return std::array{
        option<&Orthogonalise::momentum>("momentum", kFraction, "share of the buffer that is kept"),
        option<&Orthogonalise::rounds>("rounds", kCount, "of the iteration")};
  }
  static StateShapes states(const Shape& p) {
    return p.rank() == 2 ? StateShapes{{"momentum_buffer", p}} : StateShapes{};
  }
  void run(std::span<Part> parts, Context&) const {
    for (Part& part : parts) {
      if (part.parameter.rank() != 2) continue;
      part.states[0].assign(part.states[0] * momentum + part.direction);
      const double size = std::sqrt(sum(square(part.states[0])).item());
      Tensor x = part.states[0] * (1 / size);
      for (std::int64_t i = 0; i < rounds; ++i)
        x = x * 1.5 - matmul(matmul(x, x, false, true), x) * 0.5;
      part.direction = x;
    }
  }
};

TEST(OptimizerChain, RunsABlockLinkOfTheUsersOwn) {
  Tensor x = leaf(points({5003}, 1));
  const std::vector<double> start = x.to_vector();
  Optimizer optimizer(chain(SignOfMean{}, ScaleByLearningRate{0.125}), {x});
  std::vector<double> mean(start.size()), expected = start;
  for (std::uint64_t t = 0; t < 3; ++t) {
    const Tensor g = points({5003}, 10 + t, -1, 1);
    x.set_grad(g);
    optimizer.step();
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i] = 0.9 * mean[i] + (1 - 0.9) * g.at(static_cast<std::int64_t>(i));
      expected[i] -= mean[i] > 0 ? 0.125 : -0.125;
    }
  }
  EXPECT_EQ(x.to_vector(), expected);
  EXPECT_EQ(optimizer.get("beta"), 0.9);
  optimizer.set("beta", 0.5);
  EXPECT_EQ(optimizer.get("beta"), 0.5);
  expect_usage([&] { optimizer.set("beta", 1.5); }, "beta");
}

TEST(OptimizerChain, RunsATensorLinkAmongBlockLinks) {
  Tensor w = leaf(points({4, 6}, 1)), b = leaf(points({4}, 2));
  const Tensor before = w.clone(), bias = b.clone();
  Optimizer optimizer(chain(Orthogonalise{}, AddDecayedWeights{0.5}, ScaleByLearningRate{0.1}),
                      {w, b});
  w.set_grad(points({4, 6}, 3));
  b.set_grad(points({4}, 4));
  optimizer.step();
  // w1 = w0 - 0.1 (O + 0.5 w0), with O O^T = I; the bias passes it unchanged.
  const Tensor o = (before - w.detach()) * 10.0 - before * 0.5;
  const Tensor eye = matmul(o, o, false, true);
  for (std::int64_t i = 0; i < 4; ++i)
    for (std::int64_t j = 0; j < 4; ++j) EXPECT_NEAR(eye.at(i * 4 + j), i == j ? 1 : 0, 1e-9);
  const Tensor gb = points({4}, 4);
  for (std::int64_t i = 0; i < 4; ++i)
    EXPECT_NEAR(b.at(i), bias.at(i) - 0.1 * (gb.at(i) + 0.5 * bias.at(i)), 1e-15);
}

TEST(OptimizerChain, SavesTheStateOfATensorLink) {
  const Method method =
      chain(ClipByGlobalNorm{1.0}, Orthogonalise{}, SignOfMean{}, ScaleByLearningRate{0.01});
  Tensor a = leaf(points({4, 6}, 1)), b = leaf(points({4, 6}, 1));
  Optimizer first(method, std::vector<Parameter>{{"w", a}}),
      second(method, std::vector<Parameter>{{"w", b}});
  const auto step = [](Optimizer& optimizer, Tensor& x, std::uint64_t t) {
    x.set_grad(points({4, 6}, 10 + t));
    optimizer.step();
  };
  for (std::uint64_t t = 0; t < 3; ++t) step(first, a, t);
  b.assign(a);
  second.load_state(first.state());
  for (std::uint64_t t = 3; t < 6; ++t) step(first, a, t), step(second, b, t);
  EXPECT_TRUE(same_bits(a, b));
  std::vector<std::string> names;
  for (const auto& [name, tensor] : first.state()) names.push_back(name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"steps", "lr_origin", "w.step",
                                      "w.orthogonalise.momentum_buffer", "w.sign_of_mean.mean"}));
}

TEST(OptimizerChain, ATensorLinkTrainsASmallNetwork) {
  Random random(3);
  nn::Sequential model(nn::Linear(3, 8, random), nn::tanh, nn::Linear(8, 2, random));
  Optimizer optimizer(chain(Orthogonalise{}, ScaleByLearningRate{0.02}), model.parameters());
  const Tensor x = points({64, 3}, 1, -1, 1, Type::f32), y = points({64, 2}, 2, -1, 1, Type::f32);
  double first = 0, last = 0;
  for (int i = 0; i < 200; ++i) {
    last = optimizer.step([&] { return mean(square(model(x) - y)); });
    if (i == 0) first = last;
  }
  EXPECT_LT(last, 0.9 * first);
}

double norm_of(const std::vector<Tensor>& tensors, double scale) {
  double total = 0;
  for (const Tensor& t : tensors)
    for (const double v : t.to_vector()) total += v * v;
  return std::sqrt(total) * scale;
}

TEST(ClipByGlobalNorm, AtTheFrontLimitsTheGradientOfAllParameters) {
  std::vector<Tensor> x = {leaf(Tensor::zeros({5003}, Type::f64)),
                           leaf(Tensor::zeros({7, 11}, Type::f64))};
  Optimizer optimizer(chain(ClipByGlobalNorm{2.0}, ScaleByLearningRate{1.0}), x);
  for (std::size_t i = 0; i < x.size(); ++i) x[i].set_grad(points(x[i].shape(), i));
  const double norm = optimizer.gradient_norm(), first = x[0].grad().at(17);
  optimizer.step();
  EXPECT_NEAR(norm_of(x, 1), 2 * norm / (norm + 1e-6), 1e-12);
  EXPECT_NEAR(x[0].at(17), -first * 2 / (norm + 1e-6), 1e-15);
}

TEST(ClipByGlobalNorm, InTheMiddleLimitsTheDirectionSoFar) {
  std::vector<Tensor> x = {leaf(Tensor::zeros({5003}, Type::f64)),
                           leaf(Tensor::zeros({7, 11}, Type::f64))};
  Optimizer optimizer(chain(ScaleByAdam{}, ClipByGlobalNorm{2.0}, ScaleByLearningRate{0.5}), x);
  for (std::size_t i = 0; i < x.size(); ++i) x[i].set_grad(points(x[i].shape(), i) * 1e-3);
  optimizer.step();
  EXPECT_NEAR(norm_of(x, 2), 2, 1e-6);  // Adam's first direction is +-1 each: far above 2
}

TEST(ClipByGlobalNorm, LeavesSmallGradientsAlone) {
  Tensor x = leaf(Tensor::zeros({9}, Type::f64));
  Optimizer optimizer(chain(ClipByGlobalNorm{1e9}, ScaleByLearningRate{1.0}), {x});
  const Tensor g = points({9}, 1);
  x.set_grad(g);
  optimizer.step();
  for (std::int64_t i = 0; i < 9; ++i) EXPECT_EQ(x.at(i), -g.at(i));
}

TEST(ClipByGlobalNorm, DoesNotHideANormThatIsNotFinite) {
  for (const double bad : {HUGE_VAL, std::nan("")}) {
    Tensor a = leaf(Tensor({0.0, 0.0}, Type::f64)), b = leaf(Tensor({0.0}, Type::f64));
    Optimizer optimizer(chain(ClipByGlobalNorm{1.0}, ScaleByLearningRate{1.0}), {a, b});
    a.set_grad(Tensor({1.0, bad}, Type::f64));
    b.set_grad(Tensor({1.0}, Type::f64));
    optimizer.step();
    EXPECT_TRUE(std::isnan(a.at(0)) && std::isnan(a.at(1)) && std::isnan(b.at(0)));
  }
}

TEST(ClipByGlobalNorm, CountsParametersOfAllGroups) {
  Tensor a = leaf(Tensor::zeros({1}, Type::f64)), b = leaf(Tensor::zeros({1}, Type::f64));
  Optimizer optimizer(chain(ClipByGlobalNorm{1.0}, ScaleByLearningRate{1.0}),
                      std::vector<Parameter>{{"a", a}, {"b", b}});
  optimizer.group("b", {{"lr", "0.5"}});
  a.set_grad(Tensor({3.0}, Type::f64));
  b.set_grad(Tensor({4.0}, Type::f64));
  optimizer.step();
  EXPECT_NEAR(a.at(0), -0.6, 1e-6);
  EXPECT_NEAR(b.at(0), -0.4, 1e-6);
}

TEST(ParameterGroups, NoDecayOnBiases) {
  Random random(1);
  nn::Sequential model(nn::Linear(3, 4, random), nn::relu, nn::Linear(4, 2, random));
  Optimizer optimizer(AdamW{.lr = 0.1, .weight_decay = 0.5}, model.parameters());
  optimizer.group("*.bias", {{"weight_decay", "0"}});
  std::vector<Tensor> before;
  for (Parameter p : model.parameters()) {
    before.push_back(p.tensor.clone());
    p.tensor.set_grad(Tensor::zeros(p.tensor.shape()));
  }
  optimizer.step();
  const auto parameters = model.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const bool bias = parameters[i].name.ends_with("bias");
    for (std::int64_t k = 0; k < before[i].elements(); ++k)
      EXPECT_FLOAT_EQ(static_cast<float>(parameters[i].tensor.at(k)),
                      static_cast<float>(before[i].at(k) * (bias ? 1 : 0.95)));
  }
}

TEST(ParameterGroups, AnotherOptimizerForSome) {
  Tensor a = leaf(Tensor({1.0}, Type::f64)), b = leaf(Tensor({1.0}, Type::f64));
  Optimizer optimizer(SGD{.lr = 0.5}, std::vector<Parameter>{{"a", a}, {"b", b}});
  optimizer.group("b", Adam{.lr = 0.25});
  a.set_grad(Tensor({2.0}, Type::f64));
  b.set_grad(Tensor({2.0}, Type::f64));
  optimizer.step();
  EXPECT_DOUBLE_EQ(a.at(0), 0);
  EXPECT_NEAR(b.at(0), 0.75, 1e-8);
  optimizer.set("lr", 0.125);  // in all groups
  a.set_grad(Tensor({2.0}, Type::f64));
  optimizer.zero_grad();
  a.set_grad(Tensor({2.0}, Type::f64));
  optimizer.step();
  EXPECT_DOUBLE_EQ(a.at(0), -0.25);
}

TEST(ParameterGroups, RefuseWhatMatchesNothingOrComesLate) {
  Tensor a = leaf(Tensor({1.0}, Type::f64));
  Optimizer optimizer(SGD{}, std::vector<Parameter>{{"a.weight", a}});
  expect_usage([&] { optimizer.group("*.bias", {{"lr", "1"}}); }, "*.bias");
  expect_usage([&] { optimizer.group("*", {{"lrr", "1"}}); }, "lr");
  optimizer.group("?.we*t", {{"lr", "2"}});
  a.set_grad(Tensor({1.0}, Type::f64));
  optimizer.step();
  EXPECT_DOUBLE_EQ(a.at(0), -1);
  expect_usage([&] { optimizer.group("*", {{"lr", "1"}}); }, "first step");
}

}  // namespace
}  // namespace downhill
