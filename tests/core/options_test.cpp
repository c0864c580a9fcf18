#include "downhill/core/options.h"

#include <cmath>
#include <limits>

#include "tests/support/errors.h"

namespace downhill {
namespace {

struct Sample {
  double rate = 0.5;
  std::int64_t count = 3;
  bool flag = false;
  std::string mode = "plain";
  std::vector<double> list = {};
  static constexpr auto options() {
    return std::array{option<&Sample::rate>("rate", kUnit, "a share"),
                      option<&Sample::count>("count", kCount, "how many"),
                      option<&Sample::flag>("flag", kFinite, "on or off"),
                      option<&Sample::mode>("mode", kFinite, "a word"),
                      option<&Sample::list>("list", kPositive, "numbers")};
  }
};
struct Bare {
  static constexpr auto options() { return no_options(); }
};

Sample read(std::string_view text) {
  Sample sample;
  read_options("sample", sample, parse_spec(text, "method"));
  return sample;
}

TEST(Options, RangeKnowsItsEndsAndNan) {
  EXPECT_TRUE(kFraction.contains(0));
  EXPECT_FALSE(kFraction.contains(1));
  EXPECT_TRUE(kUnit.contains(1));
  EXPECT_FALSE(kPositive.contains(0));
  EXPECT_FALSE(kPositive.contains(kInfinity));
  for (const Range& range : {kFinite, kPositive, kNonNegative, kFraction, kUnit, kCount})
    EXPECT_FALSE(range.contains(std::nan("")));
  EXPECT_EQ(kFraction.text(), "[0, 1)");
  EXPECT_EQ(kPositive.text(), "(0, inf)");
}

TEST(Options, ReadsEveryType) {
  const Sample s = read("sample: rate = 0.25 ,count=7,flag=true,mode=(a,b=c),list=1;2.5;1e-3");
  EXPECT_EQ(s.rate, 0.25);
  EXPECT_EQ(s.count, 7);
  EXPECT_TRUE(s.flag);
  EXPECT_EQ(s.mode, "(a,b=c)");
  EXPECT_EQ(s.list, (std::vector<double>{1, 2.5, 1e-3}));
}

TEST(Options, NumbersPrintAndReadBackExactly) {
  for (const double x : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 123456789.123456789}) {
    double back = 1;
    EXPECT_EQ(read_option(print_option(x), back), "");
    EXPECT_EQ(std::signbit(back), std::signbit(x));
    EXPECT_EQ(back, x);
  }
}

TEST(Options, NumbersForPeopleAreRoundedAndANaNHasNoSign) {
  EXPECT_EQ(decimal(1.0 / 3, 3), "0.333");
  EXPECT_EQ(decimal(-1e9, 2), "-1e+09");
  EXPECT_EQ(decimal(-std::numeric_limits<double>::quiet_NaN(), 6), "nan");
  EXPECT_EQ(decimal(-std::numeric_limits<double>::infinity(), 6), "-inf");
}

TEST(Options, HostileSpecsAreRefusedWithTheirPlace) {
  const struct {
    std::string text, named;
  } hostile[] = {
      {"", "has no name"},
      {"   ", "has no name"},
      {":rate=1", "has no name"},
      {"sample:", "is not option=value"},
      {"sample:rate", "'rate' is not option=value"},
      {"sample:=1", "is not option=value"},
      {"sample:rate=1,,count=2", "is not option=value"},
      {"sample:rate=1,", "is not option=value"},
      {"sample:rate=0.1,rate=0.2", "given twice"},
      {"sample:rate=", "is not a number"},
      {"sample:rate=nan", "is not a number"},
      {"sample:rate=inf", "outside [0, 1]"},
      {"sample:rate=1e999", "is not a number"},
      {"sample:rate=0x1p3", "is not a number"},
      {"sample:rate=0,5", "is not option=value"},
      {"sample:rate=0.5junk", "is not a number"},
      {"sample:rate=--1", "is not a number"},
      {"sample:rate=1.5", "rate = 1.5 is outside [0, 1]"},
      {"sample:count=2.5", "is not a whole number"},
      {"sample:count=99999999999999999999", "is not a whole number"},
      {"sample:count=0", "count = 0 is outside"},
      {"sample:count=-9223372036854775808", "is outside"},
      {"sample:flag=maybe", "is not true or false"},
      {"sample:list=1;;2", "numbers separated by ';'"},
      {"sample:list=1;-2", "is outside"},
      {"sample:rte=1", "did you mean 'rate'?"},
      {"sample:rate=(0.5", "the '(' of column 13 is not closed"},
      {"sample:rate=((0.5)", "the '(' of column 13 is not closed"},
      {"sample:rate=0.5)", "the ')' of column 16 closes no '('"},
      {"sample:rate=0.5),count=2", "the ')' of column 16 closes no '('"},
      {"sample:" + std::string(100000, '('), "is not closed"},
      {"sample:rate=" + std::string(100000, '9') + "x", "is not a number"},
      {std::string("sample:ra\0te=1", 14), "unknown"},
  };
  for (const auto& [text, named] : hostile) {
    SCOPED_TRACE(text.substr(0, 60));
    expect_usage([&, &hostile_text = text] { read(hostile_text); }, named);
  }
}

TEST(Options, OfAMethodWithoutOptions) {
  Bare bare;
  expect_usage([&] { read_options("mse", bare, parse_spec("mse:x=1", "loss")); }, "[mse]",
               "has no options", "'x'");
}

TEST(Options, CheckNamesMethodOptionAndValue) {
  expect_usage([] { check_options("sample", Sample{.rate = -1}); }, "[sample] rate = -1", "[0, 1]");
  expect_usage([] { check_options("sample", Sample{.rate = std::nan("")}); }, "rate = nan");
  expect_usage([] { check_options("sample", Sample{.list = {1, 0}}); }, "list = 1;0");
}

}  // namespace
}  // namespace downhill
