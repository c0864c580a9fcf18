// Every loss says what it takes.
#include <gtest/gtest.h>

#include "downhill/losses/list.h"
#include "downhill/losses/loss.h"

namespace downhill {
namespace {

std::vector<Takes> takes(const Loss& loss) { return {loss.takes().begin(), loss.takes().end()}; }

TEST(LossTakes, EveryLossOfTheListStatesIt) {
  Losses::for_each([]<class L>() {
    EXPECT_TRUE(
        requires(const L& l) { L::takes.size(); } || requires(const L& l) { l.takes(); })
        << L::name;
    const Loss loss = L{};
    EXPECT_TRUE(loss.takes().size() == static_cast<std::size_t>(loss.predictions()) ||
                loss.takes().size() == static_cast<std::size_t>(loss.columns()))
        << L::name;
  });
}

TEST(LossTakes, WhatTheyTake) {
  EXPECT_EQ(takes(MSE{}), (std::vector{Takes::number}));
  EXPECT_EQ(takes(BCEWithLogits{}), (std::vector{Takes::logit}));
  EXPECT_EQ(takes(GaussianNLL{}), (std::vector{Takes::number, Takes::positive}));
  EXPECT_EQ(takes(CrossEntropy{}), (std::vector{Takes::class_logits}));
  EXPECT_EQ(takes(Dice{}), (std::vector{Takes::probability}));
  EXPECT_EQ(takes(pointwise_text("p*y")), (std::vector{Takes::number}));
  EXPECT_EQ(Loss(MSE{}).columns(), 1);
  EXPECT_EQ(Loss(GaussianNLL{}).columns(), 2);
  EXPECT_STREQ(text_of(Takes::class_log_probabilities), "class_log_probabilities");
}

struct Poisson {  // depends on its options, and has no name
  bool log_input = true;
  std::vector<Takes> takes() const { return {log_input ? Takes::number : Takes::positive}; }
  auto operator()(auto p, auto y) const { return log_input ? exp(p) - y * p : p - y * log(p); }
};

TEST(LossTakes, OneOfYourOwn) {
  EXPECT_EQ(takes(Poisson{}), (std::vector{Takes::number}));
  EXPECT_EQ(takes(Poisson{.log_input = false}), (std::vector{Takes::positive}));
}

}  // namespace
}  // namespace downhill
