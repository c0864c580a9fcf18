#pragma once
#include <array>
#include <utility>
#include <vector>

#include "downhill/report/svg.h"

namespace downhill::report_detail {

using Segment = std::pair<Place, Place>;

/// The line on which the grid has `level`, in pieces of one cell each (marching squares: Lorensen
/// and Cline 1987 in the plane). A cell whose corners are not all finite has none; in a saddle cell
/// the mean of the corners decides.
std::vector<Segment> contour(const Grid& grid, double level);

/// The same joined into lines: closed ones end where they begin.
std::vector<std::vector<Place>> contour_lines(const Grid& grid, double level);
/// A line without the points that lie within `tolerance` of it (Douglas and Peucker 1973).
std::vector<Place> simplified(const std::vector<Place>& line, double tolerance);

/// Levels for the contours of the grid: from just above the lowest value to the highest in steps of
/// a constant factor of the height above the lowest.
std::vector<double> contour_levels(const Grid& grid, int count);

}  // namespace downhill::report_detail
