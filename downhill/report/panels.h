#pragma once
#include <string>
#include <vector>

namespace downhill {

/// Curves over one x, in panels one below the other: what `downhill loss` draws.
struct PanelPicture {
  struct Panel {
    std::string name;
    std::vector<std::vector<double>> curves;  ///< of each name one value for each x
  };
  std::string title = {}, under = {}, axis = {};
  std::vector<std::string> names = {};  ///< of the curves; one without a name has no legend
  std::vector<double> x = {};
  std::vector<Panel> panels = {};
};

/// As SVG text, each panel over its `shown_values`; values that are not finite are left out. UsageError unless there are at least two x, a panel, and one value for each.
std::string panels_svg(const PanelPicture& picture);

/// The lowest and highest value that a panel shows: all of them, but no more than as much again
/// above and below what lies inside of both ends of the curves (a twentieth each), so that a pole at
/// an end does not press the rest flat.
struct Shown {
  double low, high;
};
Shown shown_values(const std::vector<std::vector<double>>& curves);

}  // namespace downhill
