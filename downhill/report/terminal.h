#pragma once
#include <span>
#include <string>

namespace downhill {

/// How a curve is drawn in a terminal.
struct TerminalPlot {
  int width = 64;       ///< characters of the plot, without the labels; 8 to 400
  int height = 10;      ///< lines of the plot; 2 to 100
  bool unicode = true;  ///< braille dots (2 x 4 per character); else ASCII
  bool log = false;     ///< logarithmic y; values at or below zero are left out
  std::string title = {};
};

/// The curve of the values over their index as lines of text, each with a line end: highest and
/// lowest value at the left, spikes kept (a column shows the whole range of its values), places of
/// values that are not finite marked below by '!'. Throws UsageError for a size out of range.
std::string terminal_plot(std::span<const double> values, const TerminalPlot& options = {});

}  // namespace downhill
