#pragma once
#include <string>
#include <vector>

namespace downhill {

/// Curves over one axis, drawn together.
struct LinesPicture {
  struct Line {
    std::string name;  ///< in the legend; "" leaves it out, in the colour of the line before
    std::vector<double> x, y;
    bool faint = false;  ///< thin and translucent: the raw numbers behind a smoothed line
  };
  struct Mark {
    std::string name;
    double x;
  };
  std::string title = {}, x = {}, y = {}, under = {};
  bool log_x = false, log_y = false;
  std::vector<Line> lines = {};
  std::vector<Mark> marks = {};  ///< upright lines with names
};

/// As SVG text, with a legend. Places that are not finite, and those at or below 0 on a logarithmic
/// axis, break a line. The window holds all lines that are not faint.
std::string lines_svg(const LinesPicture& picture);

}  // namespace downhill
