#include "downhill/report/detail/contour.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace downhill::report_detail {
namespace {

struct Corner {
  Place at;
  double value;
};

// Where the level crosses the edge between two corners.
// The same bits from both sides of the edge, so that pieces can be joined.
Place crossing(const Corner& one, const Corner& other, double level) {
  const bool forward = one.at < other.at;
  const Corner &a = forward ? one : other, &b = forward ? other : one;
  const double part = (level - a.value) / (b.value - a.value);
  if (part <= 0) return a.at;
  if (part >= 1) return b.at;  // not a rounding beside it
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

// A piece of no length lies in a corner that is on the level.
void add_piece(const Place& from, const Place& to, std::vector<Segment>& out) {
  if (from != to) out.emplace_back(from, to);
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
  if (crossed.size() == 2) add_piece(crossed[0], crossed[1], out);
  if (crossed.size() != 4) return;
  // A saddle: edges 0-1, 1-2, 2-3, 3-0 are all crossed; cut off the corners unlike the middle.
  const bool around_first = (cell[0].value >= level) != (mean >= level);
  const std::size_t shift = around_first ? 3 : 0;
  add_piece(crossed[shift], crossed[(shift + 1) % 4], out);
  add_piece(crossed[(shift + 2) % 4], crossed[(shift + 3) % 4], out);
}

}  // namespace

std::vector<Segment> contour(const Grid& grid, double level) {
  std::vector<Segment> segments;
  for (std::size_t row = 0; row + 1 < grid.rows; ++row)
    for (std::size_t column = 0; column + 1 < grid.columns; ++column)
      add_cell(cell_at(grid, column, row), level, segments);
  return segments;
}

namespace {

/// Pieces by their ends; each is taken once.
class Joiner {
 public:
  explicit Joiner(const std::vector<Segment>& pieces) : pieces_(pieces), taken_(pieces.size()) {
    for (std::size_t i = 0; i < pieces.size(); ++i)
      for (const Place& end : {pieces[i].first, pieces[i].second}) ends_[end].push_back(i);
  }

  std::vector<std::vector<Place>> lines() {
    std::vector<std::vector<Place>> all;
    for (const auto& [place, touching] : ends_)  // open lines, from one of their ends
      if (touching.size() == 1 && !taken_[touching[0]]) all.push_back(line_from(place));
    for (std::size_t i = 0; i < pieces_.size(); ++i)  // what is left is closed
      if (!taken_[i]) all.push_back(line_from(pieces_[i].first));
    return all;
  }

 private:
  std::vector<Place> line_from(Place at) {
    std::vector<Place> line = {at};
    for (bool more = true; more;) {
      more = false;
      for (const std::size_t i : ends_[at]) {
        if (taken_[i]) continue;
        taken_[i] = more = true;
        at = pieces_[i].first == at ? pieces_[i].second : pieces_[i].first;
        line.push_back(at);
        break;
      }
    }
    return line;
  }

  const std::vector<Segment>& pieces_;
  std::vector<bool> taken_;
  std::map<Place, std::vector<std::size_t>> ends_;
};

double distance(const Place& p, const Place& a, const Place& b) {
  const double x = b[0] - a[0], y = b[1] - a[1], length = std::hypot(x, y);
  if (length == 0) return std::hypot(p[0] - a[0], p[1] - a[1]);
  return std::abs(x * (p[1] - a[1]) - y * (p[0] - a[0])) / length;
}

}  // namespace

std::vector<std::vector<Place>> contour_lines(const Grid& grid, double level) {
  const std::vector<Segment> pieces = contour(grid, level);
  return Joiner(pieces).lines();
}

std::vector<Place> simplified(const std::vector<Place>& line, double tolerance) {
  std::vector<bool> kept(line.size(), false);
  std::vector<std::pair<std::size_t, std::size_t>> open;
  if (line.size() > 1) open.emplace_back(0, line.size() - 1);
  while (!open.empty()) {
    const auto [first, last] = open.back();
    open.pop_back();
    kept[first] = kept[last] = true;
    double farthest = tolerance;
    std::size_t at = 0;
    for (std::size_t i = first + 1; i < last; ++i)
      if (const double off = distance(line[i], line[first], line[last]); off > farthest)
        farthest = off, at = i;
    if (at == 0) continue;
    open.emplace_back(first, at);
    open.emplace_back(at, last);
  }
  std::vector<Place> result;
  for (std::size_t i = 0; i < line.size(); ++i)
    if (kept[i] || line.size() == 1) result.push_back(line[i]);
  return result;
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
