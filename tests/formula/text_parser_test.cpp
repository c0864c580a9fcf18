#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/formula/text_formula.h"

namespace downhill {
namespace {

double number(const std::string& text) {
  double result = 0;
  TextFormula::parse(text, {}, 0)->value(static_cast<const double* const*>(nullptr), &result, 1);
  return result;
}

double at(const std::string& text, double x) {
  const double* const in[] = {&x};
  double result = 0;
  TextFormula::parse(text, {"x"}, 1)->value(in, &result, 1);
  return result;
}

// The message that parsing gives; "" if there is none.
std::string complaint(const std::string& text,
                      const std::vector<std::string>& variables = {"x", "y"}) {
  try {
    TextFormula::parse(text, variables, 0);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

// Complains about `what`, at `column`, with the caret under it.
void expect_complaint(const std::string& text, std::size_t column, const std::string& what) {
  const std::string message = complaint(text);
  EXPECT_NE(message.find(what), std::string::npos) << message;
  EXPECT_NE(message.find("(column " + std::to_string(column) + ")"), std::string::npos) << message;
  const std::string picture = "\n  " + text + "\n  " + std::string(column - 1, ' ') + "^";
  EXPECT_TRUE(message.ends_with(picture)) << message;
}

TEST(TextParser, Precedence) {
  EXPECT_EQ(number("2^3^2"), 512);
  EXPECT_EQ(number("-3^2"), -9);
  EXPECT_EQ(number("2^-1"), 0.5);
  EXPECT_EQ(number("2^-1*4"), 2);
  EXPECT_EQ(number("2^-2^2"), 0.0625);
  EXPECT_EQ(number("-2^-2"), -0.25);
  EXPECT_EQ(number("(-3)^2"), 9);
  EXPECT_EQ(number("2*3^2"), 18);
  EXPECT_EQ(number("1-2-3"), -4);
  EXPECT_EQ(number("16/4/2"), 2);
  EXPECT_EQ(number("1+2*3-4/2"), 5);
  EXPECT_EQ(number("2*-3"), -6);
  EXPECT_EQ(number("1--2"), 3);
  EXPECT_EQ(number("+3 - +2"), 1);
  EXPECT_EQ(number("--3"), 3);
  EXPECT_EQ(number("\t1\n+ 2 "), 3);
}

TEST(TextParser, PrecedenceHoldsForVariablesToo) {
  EXPECT_EQ(at("-x^2", 3), -9);
  EXPECT_EQ(at("2^x^2", 3), 512);
  EXPECT_EQ(at("2^-x*4", 1), 2);
  EXPECT_EQ(at("x-1-x", 5), -1);
  EXPECT_EQ(at("1/x/x", 2), 0.25);
}

TEST(TextParser, LogicBindsLessThanComparisons) {
  EXPECT_EQ(number("where(1 < 2 and 2 < 1 or 3 > 2, 1, 0)"), 1);
  EXPECT_EQ(number("where(1 < 2 or 2 < 1 and 3 < 2, 1, 0)"), 1);
  EXPECT_EQ(number("where(not 1 < 2, 1, 0)"), 0);
  EXPECT_EQ(number("where(not 1 > 2 and 1 < 2, 1, 0)"), 1);
  EXPECT_EQ(number("where(1 + 1 == 2 && !(1 != 1) || 1 > 2, 1, 0)"), 1);
  EXPECT_EQ(number("where(2 >= 2 and 2 <= 2, 1, 0)"), 1);
  for (const double x : {-1.0, 0.0, 1.0, 2.0}) {
    EXPECT_EQ(at("where(x > 0 and x < 2, 1, 0)", x), x == 1 ? 1 : 0);
    EXPECT_EQ(at("where(x < 0 or not x != 2, 1, 0)", x), x < 0 || x == 2 ? 1 : 0);
    EXPECT_EQ(at("where(not (x < 0 or x == 2), 1, 0)", x), x < 0 || x == 2 ? 0 : 1);
  }
}

TEST(TextParser, NumbersAndConstants) {
  EXPECT_EQ(number("1.5e-3"), 1.5e-3);
  EXPECT_EQ(number(".5 + 2."), 2.5);
  EXPECT_EQ(number("1e308"), 1e308);
  EXPECT_EQ(number("pi"), std::numbers::pi);
  EXPECT_EQ(number("e"), std::numbers::e);
  const double listed = 7;
  const double* const in[] = {&listed};
  double result = 0;
  TextFormula::parse("2*e", {"e"}, 1)->value(in, &result, 1);
  EXPECT_EQ(result, 14);
  EXPECT_EQ(number("min(1, 2) + max(1, 2) + abs(-4) + pow(2, 3)"), 15);
}

TEST(TextParser, VariablesInOrderOfAppearance) {
  const auto f = TextFormula::parse("y*exp(b) - pi*a + y^e + where(not b < a and y > 0, 1, 2)");
  EXPECT_EQ(f->variables(), (std::vector<std::string>{"y", "b", "a"}));
  EXPECT_EQ(f->moving(), 3);
}

TEST(TextParser, WrongVariables) {
  EXPECT_NE(complaint("1", {"x", "x"}).find("listed twice"), std::string::npos);
  EXPECT_NE(complaint("1", {"2x"}).find("cannot be a variable"), std::string::npos);
  EXPECT_NE(complaint("1", {"and"}).find("cannot be a variable"), std::string::npos);
  EXPECT_NE(complaint("1", {""}).find("cannot be a variable"), std::string::npos);
  EXPECT_THROW(TextFormula::parse("x", {"x"}, 2), UsageError);
  EXPECT_THROW(TextFormula::parse("x", {"x"}, -1), UsageError);
}

TEST(TextParser, MessagesNameThePlace) {
  expect_complaint("2 * (x + ", 10, "was expected before the end");
  expect_complaint("2 * (x + 1", 5, "never closed");
  expect_complaint("exp(x", 1, "never closed");
  expect_complaint("x + 1)", 6, "closes nothing");
  expect_complaint("()", 2, "was expected before ')'");
  expect_complaint("x + * y", 5, "was expected before '*'");
  expect_complaint("2x", 2, "an operator was expected before 'x'");
  expect_complaint("x y", 3, "an operator was expected before 'y'");
  expect_complaint("x (y)", 1, "x is a variable, not a function");
  expect_complaint("(x)(y)", 4, "an operator was expected before '('");
  expect_complaint("1 + exq(x)", 5, "did you mean 'exp'?");
  expect_complaint("x + yy", 5, "unknown name 'yy'; did you mean 'y'?");
  expect_complaint("x + exp", 5, "write exp(...)");
  expect_complaint("x, y", 2, "a comma stands only");
  expect_complaint("max((x, y))", 7, "a comma stands only");
  expect_complaint("max(x,)", 7, "was expected before ')'");
  expect_complaint("max()", 1, "max takes 2 arguments, but 0 were given");
  expect_complaint("1 + max(x)", 5, "max takes 2 arguments, but 1 was given");
  expect_complaint("sin(x, y)", 1, "sin takes 1 argument, but 2 were given");
  expect_complaint("x + 1e999", 5, "does not fit into a double");
  expect_complaint("x = 1", 3, "a comparison is '=='");
  expect_complaint("x ** 2", 3, "a power is written with ^");
  expect_complaint("x $ 2", 3, "unexpected '$'");
  expect_complaint("x & y", 3, "unexpected '&'");
  expect_complaint("and", 1, "was expected before 'and'");
  expect_complaint("x.y", 2, "unexpected '.'");
  expect_complaint("0x10", 2, "an operator was expected");
}

TEST(TextParser, TruthValuesAreNotNumbers) {
  expect_complaint("x < 1", 1, "the result of a formula must be a number");
  expect_complaint("1 + (x < 2)", 5, "must be a number, but this is a truth value");
  expect_complaint("-(x < 2)", 2, "must be a number");
  expect_complaint("where(x, 1, 2)", 7, "the condition of where must be a truth value");
  expect_complaint("where(x > 1, y > 1, 2)", 14, "argument 2 of where must be a number");
  expect_complaint("exp(x > 1)", 5, "argument 1 of exp must be a number");
  expect_complaint("where(x and y > 1, 1, 2)", 7, "must be a truth value, but this is a number");
  expect_complaint("where(not x, 1, 2)", 11, "must be a truth value");
  expect_complaint("where((x < 1) == (y < 1), 1, 2)", 7, "must be a number");
}

TEST(TextParser, ComparisonsDoNotChain) {
  expect_complaint("where(x < 1 < y, 1, 2)", 13, "write a < b and b < c");
  expect_complaint("where(x < -y == 1, 1, 2)", 14, "comparisons do not chain");
}

TEST(TextParser, LongTextsShowAWindow) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "x + ";
  const std::string message = complaint(text + "$ + x + x + " + text + "1");
  const std::size_t line = message.find("\n  ") + 3;
  const std::size_t end = message.find('\n', line);
  EXPECT_LE(end - line, 86U);
  EXPECT_EQ(message.substr(line, 3), "...");
  EXPECT_EQ(message[line + message.rfind('^') - (end + 3)], '$');
  EXPECT_NE(message.find("(column 4001)"), std::string::npos);
}

TEST(TextParser, BytesThatCannotBePrintedAreEscaped) {
  const std::string message = complaint(std::string("x + \x1b[31m\xff\0", 11));
  EXPECT_NE(message.find("unexpected '\\x1B'"), std::string::npos) << message;
  EXPECT_NE(message.find("x + \\x1B[31m\\xFF\\x00"), std::string::npos) << message;
  for (const char c : message) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~'));
}

std::string repeated(const std::string& piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

TEST(TextParser, DeepTextsWork) {
  EXPECT_EQ(at(repeated("(", 100000) + "x" + repeated(")", 100000), 3), 3);
  EXPECT_EQ(at(repeated("-", 99998) + "x", 3), 3);
  EXPECT_EQ(at(repeated("abs(", 50000) + "x" + repeated(")", 50000), -3), 3);
  EXPECT_EQ(at("x" + repeated("^x", 20000), 1), 1);
  EXPECT_EQ(at("x" + repeated("+x", 50000), 1), 50001);
  EXPECT_EQ(at(repeated("sin(", 10000) + "x" + repeated(")", 10000), 0), 0);
  EXPECT_EQ(at(repeated("where(x>0,", 10000) + "x" + repeated(",1)", 10000), 2), 2);
}

TEST(TextParser, HostileTextsAreRefused) {
  const std::vector<std::string> texts = {"",
                                          " \t\n",
                                          "((((",
                                          "))))",
                                          repeated("(", 100000),
                                          repeated(")", 100000),
                                          repeated("-", 1000000) + "x",
                                          repeated("x+", 499999) + "x",
                                          repeated("1", 999999),
                                          repeated(" ", 2000000),
                                          repeated("max(", 99999),
                                          repeated("not ", 50000) + "x",
                                          "x" + repeated("^x", 200000),
                                          std::string(1000, '\0'),
                                          "1e999",
                                          "1e-999999",
                                          "x\xC2\xB2",
                                          "\xEF\xBB\xBFx",
                                          "x;system(1)",
                                          "%n%s%s",
                                          "{}",
                                          "x{0}",
                                          "__import__(x)",
                                          "1..2",
                                          "1e+",
                                          "x'",
                                          "\"x\"",
                                          "x\\",
                                          "//",
                                          "/**/",
                                          ",,,",
                                          "<<>>",
                                          "x!",
                                          repeated("where(", 50000),
                                          repeated("x<", 50000) + "x",
                                          repeated("exp(x,", 30000)};
  for (const std::string& text : texts) {
    const std::string message = complaint(text);
    EXPECT_FALSE(message.empty()) << text.substr(0, 40);
    EXPECT_LT(message.size(), 700U) << text.substr(0, 40);
    EXPECT_THROW(TextFormula::parse(text), UsageError) << text.substr(0, 40);
  }
}

}  // namespace
}  // namespace downhill
