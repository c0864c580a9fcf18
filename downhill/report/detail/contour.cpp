#include "downhill/report/detail/contour.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace downhill::report_detail {
namespace {

struct Corner {
  Place at;
  double value;
};

// Where the level crosses the edge between two corners.
Place crossing(const Corner& a, const Corner& b, double level) {
  const double part = (level - a.value) / (b.value - a.value);
  return {a.at[0] + part * (b.at[0] - a.at[0]), a.at[1] + part * (b.at[1] - a.at[1])};
}

// The corners of a cell, around it.
std::array<Corner, 4> cell_at(const Grid& grid, std::size_t column, std::size_t row) {
  const auto corner = [&](std::size_t c, std::size_t r) {
    return Corner{{grid.x(c), grid.y(r)}, grid.values[r * grid.columns + c]};
  };
  return {corner(column, row), corner(column + 1, row), corner(column + 1, row + 1),
          corner(column, row + 1)};
}

void add_cell(const std::array<Corner, 4>& cell, double level, std::vector<Segment>& out) {
  std::vector<Place> crossed;
  double mean = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const Corner& a = cell[i];
    const Corner& b = cell[(i + 1) % 4];
    if (!std::isfinite(a.value)) return;
    mean += a.value / 4;
    if ((a.value >= level) != (b.value >= level)) crossed.push_back(crossing(a, b, level));
  }
  if (crossed.size() == 2) out.emplace_back(crossed[0], crossed[1]);
  if (crossed.size() != 4) return;
  // A saddle: edges 0-1, 1-2, 2-3, 3-0 are all crossed; cut off the corners unlike the middle.
  const bool around_first = (cell[0].value >= level) != (mean >= level);
  const std::size_t shift = around_first ? 3 : 0;
  out.emplace_back(crossed[shift], crossed[(shift + 1) % 4]);
  out.emplace_back(crossed[(shift + 2) % 4], crossed[(shift + 3) % 4]);
}

}  // namespace

std::vector<Segment> contour(const Grid& grid, double level) {
  std::vector<Segment> segments;
  for (std::size_t row = 0; row + 1 < grid.rows; ++row)
    for (std::size_t column = 0; column + 1 < grid.columns; ++column)
      add_cell(cell_at(grid, column, row), level, segments);
  return segments;
}

std::vector<double> contour_levels(const Grid& grid, int count) {
  std::optional<double> low, high;
  for (const double value : grid.values) {
    if (!std::isfinite(value)) continue;
    if (!low || value < *low) low = value;
    if (!high || value > *high) high = value;
  }
  std::vector<double> levels;
  if (!low || !(*high > *low)) return levels;
  for (int k = 0; k < count; ++k)
    levels.push_back(*low + (*high - *low) * std::pow(10.0, -3.5 * (1 - (k + 0.5) / count)));
  return levels;
}

}  // namespace downhill::report_detail
