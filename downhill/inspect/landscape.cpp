#include "downhill/inspect/landscape.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "downhill/core/error.h"
#include "downhill/inspect/detail/movable.h"

namespace downhill {
namespace {

void check(const LandscapeOptions& o, std::size_t known) {
  const auto refuse = [](const char* what) { throw_usage("landscape", what); };
  if (o.columns < 2) refuse("columns must be at least 2");
  if (o.rows < 1) refuse("rows must be at least 1");
  if (!(o.x_low < o.x_high) || !std::isfinite(o.x_high - o.x_low))
    refuse("x_low must be below x_high, both finite");
  if (o.rows > 1 && (!(o.y_low < o.y_high) || !std::isfinite(o.y_high - o.y_low)))
    refuse("y_low must be below y_high, both finite");
  if (known > static_cast<std::size_t>(o.columns) * static_cast<std::size_t>(o.rows))
    refuse("there are more known values than points");
}

}  // namespace

double landscape_place(double low, double high, int count, int i) {
  if (count < 2) return low;
  // Weighing both ends keeps symmetric ranges symmetric to the last bit.
  return (low * (count - 1 - i) + high * i) / (count - 1);
}

std::vector<double> landscape(const Objective& objective, const Tensors& parameters,
                              const std::vector<double>& x, const std::vector<double>& y,
                              const LandscapeOptions& o, std::vector<double> known) {
  check(o, known.size());
  detail::Movable at(parameters);
  const std::int64_t points = std::int64_t{o.columns} * o.rows;
  for (auto i = static_cast<std::int64_t>(known.size()); i < points; ++i) {
    if (o.stop.stop_requested()) break;
    const auto column = static_cast<int>(i % o.columns), row = static_cast<int>(i / o.columns);
    const double a = landscape_place(o.x_low, o.x_high, o.columns, column);
    if (o.rows == 1) at.move(a, x);
    else at.move(a, x, landscape_place(o.y_low, o.y_high, o.rows, row), &y);
    known.push_back(objective());
    if (o.progress) o.progress(i + 1, points);
    if (o.row_done && column == o.columns - 1) o.row_done(known);
  }
  return known;
}

Barrier barrier(const Objective& objective, const Tensors& parameters,
                const std::vector<double>& from, const std::vector<double>& to, int points) {
  if (points < 3) throw_usage("barrier", "points must be at least 3");
  if (from.size() != to.size())
    throw_usage("barrier", "the two places have different numbers of parameters");
  detail::Movable at(parameters);
  std::vector<double> start = from, way = to;
  flat::add(start, -1, at.origin());  // the parameters stand anywhere
  flat::add(way, -1, from);
  Barrier result;
  for (int i = 0; i < points; ++i) {
    at.move(1, start, static_cast<double>(i) / (points - 1), &way);
    result.along.push_back(objective());
  }
  const double ends = std::max(result.along.front(), result.along.back());
  for (int i = 0; i < points; ++i) {
    const double here = result.along[static_cast<std::size_t>(i)];
    // What is not finite cannot be crossed.
    const double height =
        std::isfinite(here) ? here - ends : std::numeric_limits<double>::infinity();
    if (!(height > result.height)) continue;
    result.height = height;
    result.at = static_cast<double>(i) / (points - 1);
  }
  return result;
}

}  // namespace downhill
