#include "downhill/report/svg.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "downhill/core/error.h"
#include "downhill/report/detail/canvas.h"
#include "downhill/report/detail/contour.h"

namespace downhill {
namespace {

Grid grid_of(const std::function<double(double, double)>& f, const Window& window,
             std::size_t size = 81) {
  Grid grid{window, size, size, {}};
  for (std::size_t row = 0; row < size; ++row)
    for (std::size_t column = 0; column < size; ++column)
      grid.values.push_back(f(grid.x(column), grid.y(row)));
  return grid;
}

TEST(Svg, AContourLiesOnItsLevel) {
  const auto bowl = [](double x, double y) { return x * x + y * y; };
  const auto segments = report_detail::contour(grid_of(bowl, {-2, 2, -2, 2}), 1.0);
  EXPECT_GT(segments.size(), 80U);
  double length = 0;
  for (const auto& [a, b] : segments) {
    EXPECT_NEAR(std::hypot(a[0], a[1]), 1.0, 2e-3);
    length += std::hypot(a[0] - b[0], a[1] - b[1]);
  }
  EXPECT_NEAR(length, 2 * std::acos(-1.0), 0.01);
}

TEST(Svg, ASaddleCellIsCutByItsMiddle) {
  Grid grid{{0, 1, 0, 1}, 2, 2, {1, 0, 0, 1}};
  // Level 0.6 is above the middle (0.5): the two high corners are cut off from each other.
  for (const auto& [a, b] : report_detail::contour(grid, 0.6))
    EXPECT_NEAR(std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]), 0.8, 1e-12);
  EXPECT_EQ(report_detail::contour(grid, 0.6).size(), 2U);
  for (const auto& [a, b] : report_detail::contour(grid, 0.4))
    EXPECT_NEAR(std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]), 0.8, 1e-12);
  grid.values[0] = std::nan("");
  EXPECT_TRUE(report_detail::contour(grid, 0.5).empty());
}

TEST(Svg, LevelsRiseAndLieInside) {
  const auto levels = report_detail::contour_levels(
      grid_of([](double x, double y) { return x - y - 5; }, {0, 1, 0, 1}), 10);
  ASSERT_EQ(levels.size(), 10U);
  for (std::size_t i = 1; i < levels.size(); ++i) EXPECT_GT(levels[i], levels[i - 1]);
  EXPECT_GT(levels.front(), -6);
  EXPECT_LT(levels.back(), -4);
  EXPECT_TRUE(
      report_detail::contour_levels(grid_of([](double, double) { return 1; }, {0, 1, 0, 1}), 9)
          .empty());
}

TEST(Svg, ContoursAreJoined) {
  const auto bowl = [](double x, double y) { return x * x + y * y; };
  const Grid grid = grid_of(bowl, {-2, 2, -2, 2});
  const auto ring = report_detail::contour_lines(grid, 1.0);
  ASSERT_EQ(ring.size(), 1U);
  EXPECT_EQ(ring[0].front(), ring[0].back());
  EXPECT_EQ(ring[0].size(), report_detail::contour(grid, 1.0).size() + 1);
  // Where the ring leaves the window there are four arcs, each open.
  const auto arcs = report_detail::contour_lines(grid, 5.0);
  ASSERT_EQ(arcs.size(), 4U);
  std::size_t pieces = 0;
  for (const auto& arc : arcs) {
    pieces += arc.size() - 1;
    EXPECT_NE(arc.front(), arc.back());
  }
  EXPECT_EQ(pieces, report_detail::contour(grid, 5.0).size());
}

TEST(Svg, LinesAreThinnedToTheTolerance) {
  using report_detail::simplified;
  std::vector<Place> ring;
  for (int i = 0; i <= 1000; ++i)
    ring.push_back({std::cos(0.00628318530717958648 * i), std::sin(0.00628318530717958648 * i)});
  const auto few = simplified(ring, 1e-3);
  EXPECT_LE(few.size(), 129U);  // 64 arcs are off by 1.2e-3, 128 by 3e-4
  EXPECT_GT(few.size(), 64U);
  for (std::size_t i = 1; i < few.size(); ++i)
    EXPECT_GT(std::hypot(few[i][0] + few[i - 1][0], few[i][1] + few[i - 1][1]) / 2, 1 - 2e-3);
  EXPECT_EQ(simplified({{0, 0}, {1, 0}, {2, 0}}, 0.1), (std::vector<Place>{{0, 0}, {2, 0}}));
  EXPECT_EQ(simplified({{1, 2}}, 0.1).size(), 1U);
  EXPECT_TRUE(simplified({}, 0.1).empty());
}

TEST(Svg, APictureOfContoursIsSmall) {
  const auto f = [](double x, double y) {
    return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x);
  };
  const Window window{-1.5, 1.3, -0.2, 1.3};
  EXPECT_LT(contour_svg(grid_of(f, window, 141), {{-1.2, 1}, {1, 1}}, {}).size(), 30000U);
}

// Levels that differ in their sixth digit do not fit beside the picture: they are told over the lowest.
TEST(Svg, LevelsOnAHighPlaceAreToldOverTheLowest) {
  const auto levels = [](double base) {
    const auto bowl = [&](double x, double y) { return base + x * x + y * y; };
    return contour_svg(grid_of(bowl, {-2, 2, -2, 2}), {{1, 1}, {0, 0}}, {});
  };
  EXPECT_NE(levels(0).find(">value<"), std::string::npos);
  const std::string high = levels(1e9);
  EXPECT_NE(high.find(">over 1e9<"), std::string::npos);
  EXPECT_NE(high.find(">+0<"), std::string::npos);
}

TEST(Svg, ACurveWithAPoleIsCutAboveThePath) {
  std::vector<Place> curve;
  for (int i = 0; i < 100; ++i) curve.push_back({0.01 + 0.05 * i, 1 / (0.01 + 0.05 * i)});
  const std::string svg = curve_svg(curve, {{1, 1}, {4, 0.25}}, {});
  // The axis has ticks up to about 2, none of the pole's 100.
  EXPECT_NE(svg.find(">1.5<"), std::string::npos);
  EXPECT_EQ(svg.find(">20<"), std::string::npos);
}

TEST(Svg, TicksAreRound) {
  EXPECT_EQ(report_detail::ticks_between(-1, 1, 4), (std::vector<double>{-1, -0.5, 0, 0.5, 1}));
  EXPECT_TRUE(report_detail::ticks_between(1, 1, 4).empty());
  using Texts = std::vector<std::string>;
  EXPECT_EQ(report_detail::texts_apart({-1, 0, 0.5}, 4), (Texts{"-1", "0", "0.5"}));
  EXPECT_EQ(report_detail::texts_apart({999990, 999995, 1000000}, 4),
            (Texts{"999990", "999995", "1e+06"}));
}

TEST(Svg, ThePictureHasPathNamesAndMarks) {
  const auto f = [](double x, double y) { return x * x + 4 * y * y; };
  const std::vector<Place> path = {{1, 1}, {0.5, 0.2}, {0, 0}};
  const std::string svg =
      contour_svg(grid_of(f, window_around(path)), path, {"sgd:lr=0.1 on <f>", "a&b", "y"});
  for (const char* part : {"<svg", "</svg>", "start", "end", "a&amp;b", "sgd:lr=0.1 on &lt;f&gt;"})
    EXPECT_NE(svg.find(part), std::string::npos) << part;
  EXPECT_EQ(svg.find("nan"), std::string::npos);
}

TEST(Svg, WildPathsAndValuesAreLeftOut) {
  const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  const std::vector<Place> path = {{1, 1}, {nan, 0}, {1e300, -1e300}, {inf, inf}};
  const auto f = [&](double x, double y) { return x > 0 ? nan : y * inf; };
  const std::string svg = contour_svg(grid_of(f, window_around(path), 5), path, {});
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
  const std::string empty = curve_svg({}, {}, {});
  EXPECT_NE(empty.find("</svg>"), std::string::npos);
}

TEST(Svg, ALongPathStaysSmall) {
  std::vector<Place> path;
  for (int i = 0; i < 1000000; ++i) path.push_back({std::cos(0.001 * i), std::sin(0.001 * i)});
  const auto f = [](double x, double y) { return x * y; };
  EXPECT_LT(contour_svg(grid_of(f, window_around(path)), path, {}).size(), 500000U);
}

TEST(Svg, AGridThatDoesNotFitIsRefused) {
  EXPECT_THROW(contour_svg(Grid{{0, 1, 0, 1}, 3, 3, {1, 2}}, {}, {}), UsageError);
  EXPECT_THROW(contour_svg(Grid{{0, 1, 0, 1}, 1, 1, {1}}, {}, {}), UsageError);
}

TEST(Svg, TheWindowHoldsThePathAndIsNeverEmpty) {
  const Window w = window_around({{1, 5}, {3, 5}});
  EXPECT_LT(w.x_low, 1);
  EXPECT_GT(w.x_high, 3);
  EXPECT_LT(w.y_low, 5);
  EXPECT_GT(w.y_high, 5);
  const Window point = window_around({{2, 2}});
  EXPECT_GT(point.x_high, point.x_low);
}

}  // namespace
}  // namespace downhill
