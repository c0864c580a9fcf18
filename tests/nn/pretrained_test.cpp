#include "downhill/nn/pretrained.h"

#include <gtest/gtest.h>

#include "downhill/io/safetensors.h"
#include "downhill/losses/list.h"
#include "downhill/nn/detail/pattern.h"
#include "downhill/nn/sequential.h"
#include "downhill/ops/reduce.h"
#include "downhill/optim/adam.h"
#include "downhill/optim/optimizer.h"
#include "tests/support/bits.h"
#include "tests/support/errors.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

const std::filesystem::path kWeights =
    std::filesystem::path(DOWNHILL_SOURCE_DIR) / "tests/nn/torch_mlp.safetensors";

/// The model of tools/make_torch_weights.py, or one with another head.
struct Net : nn::Module {
  explicit Net(std::int64_t classes = 3)
      : random(1),
        encoder(nn::Linear(4, 8, random), nn::tanh, nn::Linear(8, 8, random), nn::relu),
        head(8, classes, random) {
    add("encoder", encoder), add("head", head);
  }
  Tensor operator()(const Tensor& x) const { return head(encoder(x)); }
  Random random;
  nn::Sequential encoder;
  nn::Linear head;
};

nn::LoadOptions from_torch() {
  return {.rename = {{"module.body.*", "encoder.*"}, {"module.*", "*"}},
          .allow_extra = {"*.num_batches_tracked", "input", "output"}};
}

TEST(Pretrained, GivesPyTorchsOutputs) {
  const SafeTensors file = read_safetensors(kWeights);
  for (const Type type : {Type::f32, Type::f64}) {
    Net net;
    net.to(type);
    const nn::LoadReport report = nn::load(net, kWeights, from_torch());
    EXPECT_EQ(report.loaded.size(), 6U);
    EXPECT_EQ(report.extra,
              (std::vector<std::string>{"encoder.num_batches_tracked", "input", "output"}));
    const Tensor y = net(file.find("input")->to(type)), expected = *file.find("output");
    ASSERT_EQ(y.shape(), expected.shape());
    for (std::int64_t i = 0; i < y.elements(); ++i) EXPECT_NEAR(y.at(i), expected.at(i), 1e-6);
  }
}

TEST(Pretrained, ANewHeadKeepsItsNumbers) {
  Net net(5);
  const Tensor head = net.head.weight.clone();
  nn::LoadOptions options = from_torch();
  options.rename[1] = {"module.head.*", "old_head.*"};
  options.allow_extra.push_back("old_head.*");
  options.allow_missing = {"head.*"};
  const nn::LoadReport report = nn::load(net, kWeights, options);
  EXPECT_EQ(report.missing, (std::vector<std::string>{"head.weight", "head.bias"}));
  EXPECT_TRUE(same_bits(net.head.weight, head));
  EXPECT_TRUE(same_bits(net.encoder.parameters()[0].tensor,
                        *read_safetensors(kWeights).find("module.body.0.weight")));
}

TEST(Pretrained, ListsAllThatDoesNotFitAndChangesNothing) {
  Net net(5);
  std::vector<Tensor> before;
  for (const Parameter& p : net.parameters()) before.push_back(p.tensor.clone());
  try {
    nn::load(net, kWeights,
             {.rename = {{"module.body.0.*", "encoder.0.*"}, {"module.head.*", "head.*"}}});
    FAIL() << "it was loaded";
  } catch (const FileError& error) {
    const std::string text = error.what();
    for (const char* part :
         {"torch_mlp.safetensors", "encoder.2.weight is missing", "encoder.2.bias is missing",
          "head.weight is (3, 8) float32; expected (5, 8) float32", "head.bias is (3)",
          "module.body.2.weight is not expected", "input is not expected"})
      EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
    EXPECT_EQ(text.find("encoder.0.weight"), std::string::npos) << text;
  }
  for (std::size_t i = 0; i < before.size(); ++i)
    EXPECT_TRUE(same_bits(net.parameters()[i].tensor, before[i]));
  nn::Linear one(1, 1);
  EXPECT_THROW(
      nn::load(one, {{"a", Tensor::zeros({1, 1})}, {"b", Tensor::zeros({1, 1})}},
               {.rename = {{"?", "weight"}}, .allow_missing = {"*"}, .allow_extra = {"*"}}),
      DataError)
      << "two names became one";
  EXPECT_THROW(
      nn::load(one, {{"weight", Tensor::zeros({1, 1}, Type::i64)}, {"bias", Tensor::zeros({1})}}),
      DataError)
      << "labels are no weights";
}

TEST(Freeze, LeavesNumbersGradientsAndStatesAlone) {
  Net net;
  EXPECT_EQ(nn::freeze(net, "encoder.*"), 4);
  Optimizer optimizer(Adam{.lr = 0.1}, net.parameters());
  for (const auto& [name, tensor] : optimizer.state())
    EXPECT_FALSE(name.starts_with("encoder")) << name;
  const Tensor encoder = net.encoder.parameters()[0].tensor.clone(), head = net.head.weight.clone();
  mean(net(points({6, 4}, 1, -1, 1, Type::f32))).backward();
  EXPECT_FALSE(net.encoder.parameters()[0].tensor.grad().defined());
  optimizer.step();
  EXPECT_TRUE(same_bits(net.encoder.parameters()[0].tensor, encoder));
  EXPECT_FALSE(same_bits(net.head.weight, head));
  EXPECT_EQ(nn::unfreeze(net, "encoder.2.*"), 2);
  EXPECT_TRUE(net.encoder.parameters()[2].tensor.requires_grad());
  EXPECT_FALSE(net.encoder.parameters()[0].tensor.requires_grad());
  expect_usage([&] { nn::freeze(net, "decoder.*"); }, "freeze", "decoder.*");
}

TEST(Pattern, StandsForAnyText) {
  using nn::detail::fill;
  using nn::detail::match;
  using Texts = std::vector<std::string>;
  EXPECT_EQ(match("a.b.c", "a.*"), Texts{"b.c"});
  EXPECT_EQ(match("layer.12.weight", "layer.*.*"), (Texts{"12", "weight"}));
  EXPECT_EQ(match("abc", "a?c"), Texts{});
  EXPECT_EQ(match("", "*"), Texts{""});
  EXPECT_EQ(match("aXbXc", "*X*"), (Texts{"a", "bXc"}));
  EXPECT_EQ(match("aab", "*ab"), Texts{"a"});
  EXPECT_FALSE(match("abc", "ab"));
  EXPECT_FALSE(match("ab", "abc"));
  EXPECT_FALSE(match("a.b", "b.*"));
  EXPECT_FALSE(match(std::string(5000, 'a'), "*a*a*a*a*a*a*a*b"));
  EXPECT_EQ(fill("h.*.w.*", {"1", "x"}), "h.1.w.x");
  EXPECT_EQ(fill("*.*", {"1"}), "1.");
}

}  // namespace
}  // namespace downhill
