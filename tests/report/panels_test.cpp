#include "downhill/report/panels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/errors.h"

namespace downhill {
namespace {

const double kInf = std::numeric_limits<double>::infinity();

PanelPicture picture() {
  return {.title = "a < b",
          .under = "target 0",
          .axis = "x",
          .names = {"one", "two"},
          .x = {0, 1, 2, 3},
          .panels = {{"loss", {{0, 1, 4, 9}, {0, std::nan(""), 2, kInf}}},
                     {"gradient", {{0, 2, 4, 6}, {1, 1, 1, 1}}}}};
}

TEST(Panels, DrawsAllCurvesWithALegend) {
  const std::string svg = panels_svg(picture());
  EXPECT_NE(svg.find("a &lt; b"), std::string::npos);
  for (const char* words : {">one<", ">two<", ">loss<", ">gradient<", "#0072b2", "#d55e00"})
    EXPECT_NE(svg.find(words), std::string::npos) << words;
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
  PanelPicture one = picture();
  one.names = {""};
  for (auto& panel : one.panels) panel.curves.resize(1);
  EXPECT_EQ(panels_svg(one).find("#d55e00"), std::string::npos) << "a legend of nothing";
}

TEST(Panels, APoleDoesNotPressTheRestFlat) {
  std::vector<double> pole, line;
  for (int i = 1; i <= 100; ++i) pole.push_back(1.0 / (i * i)), line.push_back(i);
  EXPECT_LT(shown_values({pole}).high, 0.1);  // 1 at the end, 1/36 inside
  EXPECT_GE(shown_values({line}).high, 100);
  EXPECT_LE(shown_values({line}).low, 1);
  const Shown flat = shown_values({{2, 2, 2}}), none = shown_values({{kInf, std::nan("")}});
  EXPECT_LT(flat.low, 2);
  EXPECT_GT(flat.high, 2);
  EXPECT_LT(none.low, none.high);
}

TEST(Panels, RefusesWhatDoesNotFit) {
  PanelPicture wrong = picture();
  wrong.panels[0].curves.pop_back();
  expect_usage([&] { panels_svg(wrong); }, "the panel loss has 1 curves; expected 2");
  wrong = picture();
  wrong.panels[1].curves[1].pop_back();
  expect_usage([&] { panels_svg(wrong); }, "a curve of gradient has 3 values; expected 4");
  wrong = picture();
  wrong.x = {1};
  expect_usage([&] { panels_svg(wrong); }, "expected at least 2");
}

}  // namespace
}  // namespace downhill
