#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>

#include "downhill/io/safetensors.h"
#include "downhill/losses/loss.h"
#include "downhill/nn/init.h"
#include "downhill/nn/sequential.h"
#include "downhill/ops/arithmetic.h"
#include "downhill/ops/reduce.h"
#include "downhill/optim/list.h"
#include "downhill/optim/optimizer.h"
#include "tests/support/bits.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

using Named = std::vector<std::pair<std::string, Tensor>>;

std::vector<std::string> names_of(const std::vector<Parameter>& all) {
  std::vector<std::string> names;
  for (const Parameter& p : all) names.push_back(p.name);
  return names;
}
Named state_of(const nn::Module& module, bool copy = false) {
  Named all;
  for (const Parameter& p : module.state())
    all.emplace_back(p.name, copy ? p.tensor.clone() : p.tensor);
  return all;
}

TEST(Linear, HasPyTorchsNamesAndLayout) {
  nn::Linear layer(3, 2);
  EXPECT_EQ(names_of(layer.parameters()), (std::vector<std::string>{"weight", "bias"}));
  EXPECT_EQ(layer.weight.shape(), (Shape{2, 3}));
  EXPECT_EQ(layer.bias.shape(), (Shape{2}));
  layer.load({{"weight", {{1, 2, 3}, {4, 5, 6}}}, {"bias", {10, 20}}});
  const Tensor y = layer(Tensor{{1, 0, -1}, {1, 1, 1}});
  EXPECT_EQ(y.to_vector(), (std::vector<double>{8, 18, 16, 35}));
  EXPECT_EQ(layer.parameter_count(), 8);
  EXPECT_EQ(names_of(nn::Linear(3, 2, false).parameters()), (std::vector<std::string>{"weight"}));
}

TEST(Linear, RefusesWhatDoesNotFit) {
  nn::Linear layer(3, 2);
  expect_usage([&] { layer(Tensor::zeros({4, 5})); }, "linear", "(4, 5)", "(2, 3)");
  expect_usage([&] { layer(Tensor::zeros({4, 3}, Type::f64)); }, "float64");
  expect_usage([] { nn::Linear(0, 2); }, "at least 1");
}

TEST(Linear, FirstValuesDependOnTheSeedAlone) {
  nn::seed(4);
  nn::Linear a(5, 4), b(5, 4);
  nn::seed(4);
  nn::Linear c(5, 4);
  EXPECT_TRUE(same_bits(a.weight, c.weight));
  EXPECT_FALSE(same_bits(a.weight, b.weight));
}

TEST(Linear, EachThreadHasFirstValuesOfItsOwn) {
  Tensor others[2];
  for (Tensor& w : others) std::thread([&] { w = nn::Linear(5, 4).weight; }).join();
  nn::seed(0);
  const Tensor ours = nn::Linear(5, 4).weight;
  EXPECT_FALSE(same_bits(others[0], others[1]));
  EXPECT_FALSE(same_bits(others[0], ours));
  Random main(0);  // the main thread's, also where others were first
  EXPECT_TRUE(same_bits(ours, nn::Linear(5, 4, main).weight));
}

struct Moments {
  double mean = 0, variance = 0, largest = 0;
  explicit Moments(const Tensor& t) {
    const auto x = t.to_vector();
    for (const double v : x)
      mean += v / static_cast<double>(x.size()), largest = std::max(largest, std::abs(v));
    for (const double v : x) variance += (v - mean) * (v - mean) / static_cast<double>(x.size());
  }
};

TEST(Init, HasTheStatedVarianceAndBounds) {
  constexpr double kIn = 300, kOut = 500;  // 150,000 numbers: the variance is known to about 0.4 %
  struct Case {
    void (*fill)(Tensor&, Random&);
    double variance, bound;
  };
  for (const Case& c : {Case{nn::he_normal, 2 / kIn, 0},
                        {nn::he_uniform, 2 / kIn, std::sqrt(6 / kIn)},
                        {nn::xavier_normal, 2 / (kIn + kOut), 0},
                        {nn::xavier_uniform, 2 / (kIn + kOut), std::sqrt(6 / (kIn + kOut))},
                        {[](Tensor&t, Random&r) { nn::torch_uniform(t, 300, r); }, 1 / kIn / 3,
                         1 / std::sqrt(kIn)}}) {
    Random random(9);
    Tensor w = Tensor::empty({500, 300});
    c.fill(w, random);
    const Moments m(w);
    EXPECT_NEAR(m.mean, 0, 5 * std::sqrt(c.variance / 150000));
    EXPECT_NEAR(m.variance / c.variance, 1, 0.02);
    if (c.bound > 0) {
      EXPECT_LE(m.largest, c.bound * (1 + 1e-6));
      EXPECT_GT(m.largest, c.bound * 0.999);
    }
  }
  Tensor vector = Tensor::empty({5});
  Random random(1);
  expect_usage([&] { nn::he_normal(vector, random); }, "(out, in)");
}

TEST(Sequential, NamesByPositionAsPyTorch) {
  nn::Sequential model(nn::Linear(4, 3), nn::relu, nn::Linear(3, 2), nn::Dropout(0.5));
  EXPECT_EQ(names_of(model.parameters()),
            (std::vector<std::string>{"0.weight", "0.bias", "2.weight", "2.bias"}));
  EXPECT_EQ(names_of(model.buffers()), (std::vector<std::string>{"3.random"}));
  EXPECT_EQ(model.state().size(), 5U);
  EXPECT_EQ(model(Tensor::zeros({6, 4})).shape(), (Shape{6, 2}));
  nn::Sequential inner(nn::Linear(2, 2)),
      outer(inner, [](const Tensor&t) { return nn::leaky_relu(t, 0.2); });
  EXPECT_EQ(names_of(outer.parameters()), (std::vector<std::string>{"0.0.weight", "0.0.bias"}));
}

struct Net : nn::Module {
  nn::Linear hidden{2, 5}, out{5, 1};
  nn::Dropout dropout{0.5, 3};
  Tensor scale = Tensor::ones({1});
  Net() {
    add("hidden", hidden);
    add("out", out);
    add("dropout", dropout);
    add("scale", scale);
  }
  Tensor operator()(const Tensor& x) const { return out(dropout(nn::tanh(hidden(x)))); }
};

struct Twice : nn::Module {
  Tensor a = Tensor::ones({1}), b = Tensor::ones({1});
  explicit Twice(const char* second) {
    add("a", a);
    add(second, b);
  }
};

TEST(Module, OfTheUsersOwnHasNamedParameters) {
  Net net;
  EXPECT_EQ(names_of(net.parameters()),
            (std::vector<std::string>{"scale", "hidden.weight", "hidden.bias", "out.weight",
                                      "out.bias"}));
  EXPECT_EQ(names_of(net.buffers()), (std::vector<std::string>{"dropout.random"}));
  net.eval();
  EXPECT_FALSE(net.dropout.training());
  EXPECT_TRUE(same_bits(net(Tensor::ones({3, 2})), net(Tensor::ones({3, 2}))));
  expect_usage([] { Twice{"a"}; }, "twice");
  expect_usage([] { Twice{"a.b"}; }, "dot");
  expect_usage([] { Twice{""}; }, "name");
}

TEST(Module, ACopySharesItsParameters) {
  Net net, other = net;
  other.hidden.weight.fill(0.5);
  EXPECT_TRUE(same_bits(net.hidden.weight, other.hidden.weight));
  EXPECT_TRUE(net.parameters()[1].tensor.shares(other.parameters()[1].tensor));
  other.eval();
  EXPECT_FALSE(net.training());
}

TEST(Module, LoadListsEverythingAtOnceAndChangesNothing) {
  nn::Sequential model(nn::Linear(4, 3), nn::relu, nn::Linear(3, 2));
  const Named before = state_of(model, true);
  try {
    model.load({{"0.weight", Tensor::zeros({3, 4})},
                {"0.bias", Tensor::zeros({4})},
                {"2.bias", Tensor::zeros({2}, Type::f64)},
                {"4.weight", Tensor::zeros({1})},
                {"more", Tensor::zeros({1})}});
    FAIL() << "the tensors were taken";
  } catch (const DataError& error) {
    const std::string text = error.what();
    for (const char* part : {"0.bias is (4) float32; expected (3) float32", "2.weight is missing",
                             "2.bias is (2) float64; expected (2) float32",
                             "4.weight is not expected", "more is not expected"})
      EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    EXPECT_EQ(text.find("0.weight"), std::string::npos) << text;
  }
  EXPECT_TRUE(same_bits(state_of(model), before));
}

TEST(Module, ChangesPrecisionInPlaceForEveryHandle) {
  nn::Sequential model(nn::Linear(4, 3), nn::tanh, nn::Linear(3, 2));
  nn::Sequential copy = model;
  const Named before = state_of(model, true);
  model.to(Type::f64);
  EXPECT_EQ(copy(points({5, 4}, 1)).type(), Type::f64);
  const auto now = state_of(copy);
  for (std::size_t i = 0; i < now.size(); ++i) {
    EXPECT_EQ(now[i].second.type(), Type::f64);
    EXPECT_TRUE(now[i].second.requires_grad());
    EXPECT_EQ(now[i].second.to_vector(), before[i].second.to_vector());
  }
  Optimizer optimizer(SGD{.lr = 0.1}, model.parameters());
  optimizer.step([&] { return mean(model(points({5, 4}, 1))); });
  model.to(Type::f32);
  EXPECT_EQ(model(points({5, 4}, 1, -1, 1, Type::f32)).type(), Type::f32);
  expect_usage([&] { model.to(Type::i64); }, "precision");
}

TEST(Module, PrecisionIsThatOfTheFloatingBuffersToo) {
  struct Normed : nn::Module {
    Tensor scale = Tensor::ones({2}), running = Tensor::zeros({2}),
           count = Tensor::zeros({1}, Type::i64);
    Normed() { add("scale", scale), add_buffer("running", running), add_buffer("count", count); }
    Tensor operator()(const Tensor& x) const { return (x - running) * scale; }
  } model;
  model.to(Type::f64);
  EXPECT_EQ(model.running.type(), Type::f64);
  EXPECT_EQ(model.count.type(), Type::i64);
  EXPECT_EQ(model(Tensor({1.5, 2}, Type::f64)).to_vector(), (std::vector<double>{1.5, 2}));
}

TEST(Module, GoesRoundThroughSafetensors) {
  const auto path = std::filesystem::path(testing::TempDir()) / "module_round.safetensors";
  Net net, other;
  write_safetensors(path, {state_of(net), {}});
  other.load(read_safetensors(path).tensors);
  EXPECT_TRUE(same_bits(state_of(net), state_of(other)));
}

// As PyTorch's safetensors writes it: an 8-byte length, JSON padded with spaces, the numbers.
TEST(Module, LoadsAFileOfAnotherProgram) {
  const auto path = std::filesystem::path(testing::TempDir()) / "from_torch.safetensors";
  std::string header =
      R"({"__metadata__":{"format":"pt"},"0.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
      R"("0.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]}})";
  while (header.size() % 8 != 0) header += ' ';
  const std::vector<float> numbers = {10, 20, 1, 2, 3, 4, 5, 6};
  const std::uint64_t length = header.size();
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(&length), 8);
  out << header;
  out.write(reinterpret_cast<const char*>(numbers.data()), 32);
  out.close();
  nn::Sequential model((nn::Linear(3, 2)));
  model.load(read_safetensors(path).tensors);
  EXPECT_EQ(model(Tensor{{1, 0, -1}}).to_vector(), (std::vector<double>{8, 18}));
}

}  // namespace
}  // namespace downhill
