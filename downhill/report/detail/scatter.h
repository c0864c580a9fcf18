#pragma once
#include <string>

#include "downhill/report/svg.h"

namespace downhill::report_detail {

/// A plot of the page, as SVG in the page's own colours (report.css): a frame with ticks, into which
/// pieces are drawn.
class Scatter {
 public:
  Scatter(const Window& window, const std::string& x, const std::string& y);

  /// Both in pixels of the picture, rounded to tenths.
  double pixel_x(double x) const;
  double pixel_y(double y) const;

  void add_points(
      const std::vector<Place>& places);  ///< dots; those that are not finite are left out
  void add_line(const std::vector<Place>& places, const char* kind);  ///< of the class `kind`
  void add_bubble(const Place& place, double radius, const std::string& title);

  std::string svg(const std::string& label) const;

 private:
  Window window_;
  std::string body_;
};

/// Steps of 1, 2 or 5 times a power of ten: at most `most` of them within low .. high.
std::vector<double> round_ticks(double low, double high, std::size_t most);

}  // namespace downhill::report_detail
