#include "downhill/core/wildcard.h"

#include <gtest/gtest.h>

#include <chrono>

namespace downhill {
namespace {

TEST(Wildcard, TheWholeNameMustFit) {
  EXPECT_TRUE(matches("0.bias", "*.bias"));
  EXPECT_TRUE(matches("block.0.bias", "*.bias"));
  EXPECT_TRUE(matches("block.0.bias", "block.*"));
  EXPECT_TRUE(matches(".bias", "*bias"));  // a leading dot is a character like any other
  EXPECT_TRUE(matches("a/b", "a*b"));
  EXPECT_TRUE(matches("", "*"));
  EXPECT_TRUE(matches("", ""));
  EXPECT_TRUE(matches("2.weight", "[0-3].w?ight"));
  EXPECT_TRUE(matches("2.weight", "[!1].*"));
  EXPECT_TRUE(matches("a*b", "a\\*b"));
  EXPECT_FALSE(matches("axb", "a\\*b"));
  EXPECT_FALSE(matches("0.bias", "bias"));
  EXPECT_FALSE(matches("0.bias", "0"));
  EXPECT_FALSE(matches("0.bias", ""));
  EXPECT_FALSE(matches("0.bias", "*.Bias"));
  EXPECT_FALSE(matches("0.bias", "?.bia"));
  EXPECT_FALSE(matches("0.bias", "[.bias"));
}

TEST(Wildcard, ManyStarsTakeNoTime) {
  const std::string name(200, 'a');
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "*a";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(matches(name, pattern + "b"));
  EXPECT_TRUE(matches(name, pattern));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(500));
}

}  // namespace
}  // namespace downhill
