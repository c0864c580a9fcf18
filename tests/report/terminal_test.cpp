#include "downhill/report/terminal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <vector>

#include "downhill/core/error.h"

namespace downhill {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Terminal, ALineInAscii) {
  const auto lines = lines_of(
      terminal_plot(std::vector<double>{3, 2, 1, 0}, {.width = 8, .height = 4, .unicode = false}));
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], "         3 | ***");
  EXPECT_EQ(lines[3].substr(0, 12), "         0 |");
  EXPECT_EQ(lines[3].back(), '*');
}

TEST(Terminal, ASpikeStays) {
  std::vector<double> values(100000, 0.0);
  values[70000] = 9;
  const auto lines = lines_of(terminal_plot(values, {.width = 40, .height = 5, .unicode = false}));
  EXPECT_NE(lines[0].find('*'), std::string::npos);
}

TEST(Terminal, NonFiniteValuesAreMarked) {
  std::vector<double> values = {1, 2, std::nan(""), std::numeric_limits<double>::infinity()};
  const std::string text = terminal_plot(values);
  EXPECT_NE(text.find('!'), std::string::npos);
  EXPECT_NE(text.find("not finite"), std::string::npos);
  EXPECT_EQ(terminal_plot(std::vector<double>{1, 2}).find('!'), std::string::npos);
}

TEST(Terminal, EmptyConstantAndSingleCurvesAreDrawn) {
  EXPECT_EQ(lines_of(terminal_plot({})).size(), 10U);
  EXPECT_NE(terminal_plot(std::vector<double>{2}, {.unicode = false}).find('*'), std::string::npos);
  EXPECT_NE(terminal_plot(std::vector<double>(50, 2.0), {.unicode = false}).find("**"),
            std::string::npos);
}

TEST(Terminal, LogarithmsLabelTheValues) {
  const auto lines = lines_of(
      terminal_plot(std::vector<double>{1000, 10, 0.1, 0},
                    {.width = 20, .height = 5, .unicode = false, .log = true, .title = "loss"}));
  EXPECT_NE(lines[0].find("loss"), std::string::npos);
  EXPECT_NE(lines[1].find("1000 |"), std::string::npos);
  EXPECT_NE(lines[5].find("0.1 |"), std::string::npos);
}

TEST(Terminal, SizesAreChecked) {
  EXPECT_THROW(terminal_plot({}, {.width = 1}), UsageError);
  EXPECT_THROW(terminal_plot({}, {.height = 1000}), UsageError);
}

}  // namespace
}  // namespace downhill
