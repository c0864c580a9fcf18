#pragma once
#include <array>
#include <string>
#include <vector>

#include "downhill/report/svg.h"

namespace downhill::report_detail {

/// Colours of curves that are told apart by all kinds of colour vision (Okabe and Ito 2008).
inline constexpr std::array<const char*, 7> kCurveColors = {
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#1c2127"};

/// Round places for ticks between two numbers: steps of 1, 2 or 5 times a power of ten.
std::vector<double> ticks_between(double low, double high, int about);

/// With as many significant digits, at least so many, as tell neighbours apart.
std::vector<std::string> texts_apart(const std::vector<double>& rising, int digits);

/// An SVG picture with axes: places in, pixels out.
class Canvas {
 public:
  /// `right` is the width in pixels that is left free beside the plot.
  Canvas(const Window& window, const PictureText& text, double right);

  double pixel_x(double x) const;
  double pixel_y(double y) const;

  /// Adds SVG as it is, clipped to the plot.
  void add(const std::string& svg) { body_ += svg; }
  /// Adds SVG beside the plot.
  void add_outside(const std::string& svg) { outside_ += svg; }
  /// The optimizer's path: a line through all places, with dots where they are few, thin and
  /// translucent where they are many; start and end marked.
  void add_path(const std::vector<Place>& path);

  std::string svg() const;

  static constexpr double kLeft = 76, kTop = 46, kPlotWidth = 560, kPlotHeight = 460, kBottom = 58;

 private:
  std::string axes() const;
  void add_line(const std::string& line, bool thin);
  void add_dot(const Place& place, double radius, const char* fill, bool marked);
  void add_mark(const Place& place, const Place& neighbour, const char* name);

  Window window_;
  PictureText text_;
  double right_;
  std::string body_, outside_;
};

/// "M x y L x y ..." of the places, broken where one is not finite.
std::string line_of(const Canvas& canvas, const std::vector<Place>& places);

}  // namespace downhill::report_detail
