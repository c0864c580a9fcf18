#include "downhill/cli/json_numbers.h"

#include <gtest/gtest.h>

#include <cmath>

#include "downhill/core/error.h"

namespace downhill {
namespace {

using cli::parse_json_numbers;

TEST(JsonNumbers, NestedListsBecomeATensor) {
  EXPECT_EQ(parse_json_numbers("2.5").shape(), Shape{});
  EXPECT_EQ(parse_json_numbers(" [1, -2e3, 3] ").to_vector(), (std::vector<double>{1, -2000, 3}));
  EXPECT_EQ(parse_json_numbers("[[1,2,3],[4,5,6]]").shape(), (Shape{2, 3}));
  EXPECT_EQ(parse_json_numbers("[[[1]],[[2]]]").shape(), (Shape{2, 1, 1}));
  EXPECT_EQ(parse_json_numbers("[[[[[[[[7]]]]]]]]").rank(), 8);
  EXPECT_EQ(parse_json_numbers("[]").shape(), (Shape{0}));
  EXPECT_EQ(parse_json_numbers("[[],[]]").shape(), (Shape{2, 0}));
  EXPECT_EQ(parse_json_numbers("[0.1]").type(), Type::f64);
  EXPECT_EQ(parse_json_numbers("[0.1]").at(0), 0.1);
  EXPECT_EQ(parse_json_numbers("18446744073709551616").item(), 0x1p64);
}

TEST(JsonNumbers, WhatIsNotFinite) {
  const auto values = parse_json_numbers(R"(["nan","inf","-inf"])").to_vector();
  EXPECT_TRUE(std::isnan(values[0]));
  EXPECT_EQ(values[1], HUGE_VAL);
  EXPECT_EQ(values[2], -HUGE_VAL);
}

TEST(JsonNumbers, RefusesWhatIsNoTensor) {
  for (const char* text : {"",
                           " ",
                           "[",
                           "]",
                           "[1",
                           "1 2",
                           "[1,]",
                           "[,1]",
                           "nan",
                           "NaN",
                           "Infinity",
                           "0x1",
                           "01",
                           "+1",
                           "1e400",
                           "null",
                           "true",
                           "[false]",
                           "{}",
                           "[{}]",
                           "\"1\"",
                           "[\"infinity\"]",
                           "[1,[2]]",
                           "[[1],2]",
                           "[[1],[2,3]]",
                           "[[],[1]]",
                           "[[1],[]]",
                           "[[],1]",
                           "[1,[]]",
                           "[[[]],[]]",
                           "[[],[[]]]",
                           "[[[1]],[2]]",
                           "[[[[[[[[[1]]]]]]]]]",
                           "[1]]",
                           "// 1",
                           "[1;2]",
                           "\xff"})
    EXPECT_THROW(parse_json_numbers(text), DataError) << text;
}

TEST(JsonNumbers, DeepAndLongTexts) {
  EXPECT_THROW(parse_json_numbers(std::string(1 << 20, '[')), DataError);
  std::string text = "[0";
  for (int i = 0; i < 200000; ++i) text += ",1";
  EXPECT_EQ(parse_json_numbers(text + "]").elements(), 200001);
}

}  // namespace
}  // namespace downhill
