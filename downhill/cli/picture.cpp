#include "downhill/cli/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "downhill/report/svg.h"

namespace downhill::cli {
namespace {

constexpr std::size_t kColumns = 161, kRows = 121, kPoints = 801;
constexpr double kMargin = 0.15;  // of the path's width, on both sides of it

std::string over_contours(const TextFormula& formula, const MinimizeResult& result,
                          const PictureText& text) {
  std::vector<Place> path;
  for (const MinimizeStep& step : result.path) path.push_back({step.x[0], step.x[1]});
  Grid grid{window_around(path), kColumns, kRows, std::vector<double>(kColumns * kRows)};
  std::vector<double> x, y;
  for (std::size_t row = 0; row < kRows; ++row)
    for (std::size_t column = 0; column < kColumns; ++column) {
      x.push_back(grid.x(column));
      y.push_back(grid.y(row));
    }
  const double* inputs[] = {x.data(), y.data()};
  formula.value(inputs, grid.values.data(), static_cast<std::int64_t>(grid.values.size()));
  return contour_svg(grid, path, text);
}

std::string on_curve(const TextFormula& formula, const MinimizeResult& result,
                     const PictureText& text) {
  std::vector<Place> path;
  for (const MinimizeStep& step : result.path) path.push_back({step.x[0], step.value});
  double low = kInfinity, high = -kInfinity;
  for (const Place& place : path) {
    if (!std::isfinite(place[0])) continue;
    low = std::min(low, place[0]);
    high = std::max(high, place[0]);
  }
  const double margin = high > low ? kMargin * (high - low) : std::max(1e-3, 0.1 * std::abs(low));
  const Grid places{{low - margin, high + margin, 0, 1}, kPoints, 2, {}};
  std::vector<double> x, value(kPoints);
  for (std::size_t i = 0; i < kPoints; ++i) x.push_back(places.x(i));
  const double* inputs[] = {x.data()};
  formula.value(inputs, value.data(), static_cast<std::int64_t>(kPoints));
  std::vector<Place> curve;
  for (std::size_t i = 0; i < kPoints; ++i) curve.push_back({x[i], value[i]});
  return curve_svg(curve, path, text);
}

}  // namespace

std::string path_picture(const std::shared_ptr<const TextFormula>& formula,
                         const MinimizeResult& result, const std::string& title,
                         const std::string& method) {
  const auto& names = result.variables;
  const MinimizeStep& last = result.path.back();
  const std::string under = fmt::format("{}: {} after {} steps, value {:.6g}", method,
                                        text_of(result.ended), last.step, last.value);
  if (names.size() == 2)
    return over_contours(*formula, result,
                         {.title = title, .x = names[0], .y = names[1], .under = under});
  return on_curve(*formula, result, {.title = title, .x = names[0], .y = "value", .under = under});
}

}  // namespace downhill::cli
