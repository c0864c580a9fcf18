#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace downhill {

/// A place in the plane of two variables, or a variable and a value.
using Place = std::array<double, 2>;

/// Part of the plane that a picture shows.
struct Window {
  double x_low, x_high, y_low, y_high;
};

/// The values of a function of two variables on a grid over the window:
/// values[row * columns + column], x from left to right, y from low to high.
struct Grid {
  Window window;
  std::size_t columns = 0, rows = 0;
  std::vector<double> values;

  double x(std::size_t column) const;  ///< of a column
  double y(std::size_t row) const;     ///< of a row
};

/// The words of a picture.
struct PictureText {
  std::string title = {};
  std::string x = "x", y = "y";       ///< names of the axes
  std::string under = {};             ///< a line under the title
  bool log_x = false, log_y = false;  ///< places are decimal logarithms; ticks say the numbers
};

/// A window around all finite places of the path, with a margin, never empty. A caller takes the
/// values of its function there.
Window window_around(const std::vector<Place>& path);

/// The path of an optimizer over the contours of a function of two variables, as SVG text: levels
/// in steps of a constant factor above the lowest value, named beside the picture; start and end
/// are marked. Values and places that are not finite are left out. Throws UsageError unless the
/// grid is at least 2 x 2 and has as many values as places.
std::string contour_svg(const Grid& grid, const std::vector<Place>& path, const PictureText& text);

/// The path (variable, value) on the curve of a function of one variable, as SVG text: as wide as
/// the curve, and as high as the path with at most as much again above and below.
std::string curve_svg(const std::vector<Place>& curve, const std::vector<Place>& path,
                      const PictureText& text);

/// A spectral density over the eigenvalues, as SVG text: six decades below its highest value, as
/// logarithms, since a few eigenvalues far out matter as much as the bulk.
std::string density_svg(const std::vector<double>& at, const std::vector<double>& density,
                        PictureText text);

}  // namespace downhill
