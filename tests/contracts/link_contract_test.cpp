// What holds for every link of the list, in a chain that it can stand in.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "downhill/ops/shape.h"
#include "downhill/optim/links/list.h"
#include "downhill/optim/list.h"
#include "tests/contracts/optimizer_cases.h"
#include "tests/support/bits.h"
#include "tests/support/points.h"

namespace downhill {
namespace {

class LinkContract : public testing::TestWithParam<std::string> {
 protected:
  Method method() const {
    return in_a_chain(GetParam() == "accumulate" ? "accumulate:steps=3" : GetParam());
  }
  static std::vector<Parameter> matrices(std::uint64_t seed) {
    return {{"a", leaf(points({3, 4}, seed))}, {"b", leaf(points({5, 2}, seed + 1))}};
  }
};

NamedTensors kept(const Optimizer& optimizer) {
  NamedTensors all;
  for (const auto& [name, tensor] : optimizer.state()) all.emplace_back(name, tensor.clone());
  for (const Parameter& p : optimizer.parameters()) all.emplace_back(p.name, p.tensor.clone());
  return all;
}

TEST_P(LinkContract, ResumesBitForBitFromEveryStep) {
  Optimizer one(method(), matrices(1));
  std::vector<NamedTensors> after;
  for (std::uint64_t t = 0; t < 9; ++t) {
    after.push_back(kept(one));
    any_step(one, t);
  }
  const NamedTensors end = kept(one);
  for (std::uint64_t start = 0; start < 9; ++start) {
    Optimizer again(method(), matrices(1));
    const NamedTensors& at = after[start];
    for (Parameter p : again.parameters())
      p.tensor.assign(std::find_if(at.begin(), at.end(), [&](const auto& x) {
                        return x.first == p.name;
                      })->second);
    NamedTensors state(at.begin(), at.end() - 2);
    again.load_state(state);
    for (std::uint64_t t = start; t < 9; ++t) any_step(again, t);
    EXPECT_TRUE(same_bits(kept(again), end)) << "from step " << start;
  }
}

TEST_P(LinkContract, GivesTheSameBitsForAnyNumberOfThreads) {
  for (const Type type : {Type::f32, Type::f64}) {
    Tensor one;
    for (int count = 1; count <= 3; ++count) {
      const Threads threads(count);
      const Tensor a = leaf(points({97, 1031}, 1, -2, 2, type));
      Optimizer optimizer(method(), {a});
      for (std::uint64_t t = 0; t < 4; ++t) any_step(optimizer, t);
      if (count == 1) one = a.clone();
      EXPECT_TRUE(same_bits(a.detach(), one)) << count << " threads, " << name_of(type);
    }
  }
}

TEST_P(LinkContract, TwoGroupsWithTheSameSettingsAreAsOne) {
  Optimizer one(method(), matrices(1)), two(method(), matrices(1));
  two.group("b", method());
  for (std::uint64_t t = 0; t < 6; ++t) any_step(one, t), any_step(two, t);
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_TRUE(same_bits(one.parameters()[i].tensor.detach(), two.parameters()[i].tensor.detach()))
        << i;
}

TEST_P(LinkContract, HasATranscriptionOrATestOfItsNumbers) {
  // In tests/optim/links_test.cpp, wrappers_test.cpp and saddle_free_test.cpp.
  const std::set<std::string> by_hand = {
      "clip_by_global_norm", "accumulate", "skip_non_finite", "sam", "ema", "escape_saddle"};
  bool found = by_hand.contains(GetParam());
  for (const std::string& optimizer : Optimizers::names()) {
    Method with_all = Method::parse(optimizer);
    for (const char* setting : {"weight_decay", "momentum"})
      for (const Setting& known : with_all.settings())
        if (known.name == setting) with_all = with_all.with(setting, "0.5");
    for (const LinkPtr& other : with_all.chain({3, 4})) found |= other->name() == GetParam();
  }
  EXPECT_TRUE(found) << "no optimizer with a transcription has it: test its numbers by hand";
}

INSTANTIATE_TEST_SUITE_P(Links, LinkContract, testing::ValuesIn(Links::names()),
                         [](const auto& method) { return method.param; });

}  // namespace
}  // namespace downhill
