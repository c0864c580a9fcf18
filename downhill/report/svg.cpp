#include "downhill/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "downhill/core/error.h"
#include "downhill/report/detail/canvas.h"
#include "downhill/report/detail/contour.h"

namespace downhill {
namespace {

using report_detail::Canvas;

constexpr int kLevels = 14;
constexpr double kTolerance = 0.15;  // pixels that a contour may be off

// From dark blue to sand (cividis, Nunez et al. 2018): evenly lighter, the same for all kinds of
// colour vision. `part` from 0 to 1.
std::string cividis(double part) {
  constexpr std::array<std::array<double, 3>, 5> kColors = {
      {{0, 34, 78}, {65, 77, 107}, {124, 123, 120}, {188, 175, 111}, {224, 203, 80}}};
  const double place = std::clamp(part, 0.0, 1.0) * 4;
  const auto i = std::min<std::size_t>(static_cast<std::size_t>(place), 3);
  const double t = place - static_cast<double>(i);
  const auto mix = [&](std::size_t c) {
    return static_cast<int>(std::lround((1 - t) * kColors[i][c] + t * kColors[i + 1][c]));
  };
  return fmt::format("#{:02x}{:02x}{:02x}", mix(0), mix(1), mix(2));
}

std::string contour_path(const Canvas& canvas, const Grid& grid, double level) {
  std::string text;
  for (std::vector<Place> line : report_detail::contour_lines(grid, level)) {
    for (Place& place : line) place = {canvas.pixel_x(place[0]), canvas.pixel_y(place[1])};
    char letter = 'M';
    for (const Place& place : report_detail::simplified(line, kTolerance)) {
      text += fmt::format("{}{:.1f} {:.1f}", letter, place[0], place[1]);
      letter = letter == 'M' ? 'L' : ' ';
    }
  }
  return text;
}

// The grid within a ring of values below all others, so that the places above a level are closed
// areas; what is not finite is no area.
Grid ringed(const Grid& grid, double below) {
  const double width = grid.x(1) - grid.x(0), height = grid.y(1) - grid.y(0);
  Grid out{{grid.window.x_low - width, grid.window.x_high + width, grid.window.y_low - height,
            grid.window.y_high + height},
           grid.columns + 2,
           grid.rows + 2,
           std::vector<double>((grid.columns + 2) * (grid.rows + 2), below)};
  for (std::size_t row = 0; row < grid.rows; ++row)
    for (std::size_t column = 0; column < grid.columns; ++column)
      if (const double value = grid.values[row * grid.columns + column]; std::isfinite(value))
        out.values[(row + 1) * out.columns + column + 1] = value;
  return out;
}

// Areas between levels, each over the ones below it.
void fill_levels(Canvas& canvas, const Grid& grid, const std::vector<double>& levels) {
  if (levels.empty()) return;
  double lowest = std::numeric_limits<double>::infinity();
  for (const double value : grid.values)
    if (std::isfinite(value)) lowest = std::min(lowest, value);
  const double step = std::max(levels.front() - lowest, 1e-12 * std::abs(lowest));
  const Grid ring = ringed(grid, lowest - 1e3 * step);
  const auto fill = [&](double level, double part) {
    canvas.add(fmt::format("<path d=\"{}\" fill=\"{}\" fill-rule=\"evenodd\"/>\n",
                           contour_path(canvas, ring, level), cividis(part)));
  };
  fill(lowest - step, 0);
  canvas.add("<g stroke=\"#fff\" stroke-opacity=\".35\" stroke-width=\".8\">\n");
  for (std::size_t k = 0; k < levels.size(); ++k)
    fill(levels[k], (static_cast<double>(k) + 1) / static_cast<double>(levels.size()));
  canvas.add("</g>\n");
}

Window widened(Window w) {
  const auto widen = [](double& low, double& high) {
    if (!(low <= high)) low = -1, high = 1;
    const double margin = high > low ? 0.12 * (high - low) : std::max(1e-3, 0.1 * std::abs(low));
    low -= margin;
    high += margin;
  };
  widen(w.x_low, w.x_high);
  widen(w.y_low, w.y_high);
  return w;
}

Window bounds(const std::vector<Place>& places) {
  const double inf = std::numeric_limits<double>::infinity();
  Window w{inf, -inf, inf, -inf};
  for (const Place& place : places) {
    if (!std::isfinite(place[0]) || !std::isfinite(place[1])) continue;
    w.x_low = std::min(w.x_low, place[0]);
    w.x_high = std::max(w.x_high, place[0]);
    w.y_low = std::min(w.y_low, place[1]);
    w.y_high = std::max(w.y_high, place[1]);
  }
  return w;
}

// As wide as the curve; as high as curve and path, but no more than the path's height (or a tenth
// of its values) above and below it: poles and steep ends are cut off.
Window curve_window(const std::vector<Place>& curve, const std::vector<Place>& path) {
  std::vector<Place> all = curve;
  all.insert(all.end(), path.begin(), path.end());
  Window window = bounds(all);
  const Window of_path = bounds(path);
  if (of_path.y_low <= of_path.y_high) {
    const double height =
        std::max(of_path.y_high - of_path.y_low,
                 0.1 * std::max(std::abs(of_path.y_low), std::abs(of_path.y_high)));
    if (height > 0) {
      window.y_low = std::max(window.y_low, of_path.y_low - height);
      window.y_high = std::min(window.y_high, of_path.y_high + height);
    }
  }
  const Window wide = widened(window);
  return curve.empty() ? wide : Window{window.x_low, window.x_high, wide.y_low, wide.y_high};
}

}  // namespace

double Grid::x(std::size_t column) const {
  const double part = static_cast<double>(column) / static_cast<double>(columns - 1);
  return window.x_low + part * (window.x_high - window.x_low);
}

double Grid::y(std::size_t row) const {
  const double part = static_cast<double>(row) / static_cast<double>(rows - 1);
  return window.y_low + part * (window.y_high - window.y_low);
}

Window window_around(const std::vector<Place>& path) {
  Window w = bounds(path);
  if (!(w.x_low <= w.x_high)) return {-1, 1, -1, 1};
  // Neither side shorter than a quarter of the other, so that contours keep their shape.
  const double side = 0.25 * std::max(w.x_high - w.x_low, w.y_high - w.y_low);
  const auto stretch = [side](double& low, double& high) {
    const double missing = side - (high - low);
    if (missing > 0) low -= missing / 2, high += missing / 2;
  };
  stretch(w.x_low, w.x_high);
  stretch(w.y_low, w.y_high);
  return widened(w);
}

namespace {

/// "2.008e8": what fits beside the picture.
std::string short_text(const std::string& text) {
  const std::size_t at = text.find('e');
  return at == std::string::npos
             ? text
             : fmt::format("{}e{}", text.substr(0, at), std::stoi(text.substr(at + 1)));
}

/// The heading of the levels, and each; of levels that need many digits to differ what they lie over the lowest.
std::pair<std::string, std::vector<std::string>> level_texts(const std::vector<double>& levels) {
  constexpr std::size_t kFits = 9;
  std::vector<std::string> texts = report_detail::texts_apart(levels, 4);
  for (std::string& text : texts) text = short_text(text);
  const auto longest = std::ranges::max_element(texts, {}, &std::string::size);
  if (texts.empty() || longest->size() <= kFits) return {"value", texts};
  std::vector<double> over;
  for (const double level : levels) over.push_back(level - levels.front());
  texts = report_detail::texts_apart(over, 3);
  for (std::string& text : texts) text = "+" + short_text(text);
  return {"over " + short_text(fmt::format("{:.4g}", levels.front())), texts};
}

}  // namespace

std::string contour_svg(const Grid& grid, const std::vector<Place>& path, const PictureText& text) {
  if (grid.columns < 2 || grid.rows < 2 || grid.values.size() != grid.columns * grid.rows)
    throw_usage("contour_svg",
                fmt::format("a grid of {} x {} has {} values; expected at least 2 x 2 "
                            "and one value each",
                            grid.columns, grid.rows, grid.values.size()));
  Canvas canvas(grid.window, text, 112);
  const auto levels = report_detail::contour_levels(grid, kLevels);
  const auto [heading, texts] = level_texts(levels);
  canvas.add_outside(
      fmt::format("<text x=\"660\" y=\"{}\">{}</text>\n", Canvas::kTop + 10, heading));
  fill_levels(canvas, grid, levels);
  for (std::size_t k = 0; k < levels.size(); ++k) {
    const std::string color =
        cividis((static_cast<double>(k) + 1) / static_cast<double>(levels.size()));
    const double y = Canvas::kTop + 32 + 20 * static_cast<double>(levels.size() - 1 - k);
    canvas.add_outside(
        fmt::format("<path d=\"M660 {}h18\" stroke=\"{}\" stroke-width=\"3\"/><text "
                    "x=\"684\" y=\"{}\">{}</text>\n",
                    y - 4, color, y, texts[k]));
  }
  canvas.add_path(path);
  return canvas.svg();
}

std::string curve_svg(const std::vector<Place>& curve, const std::vector<Place>& path,
                      const PictureText& text) {
  Canvas canvas(curve_window(curve, path), text, 24);
  canvas.add(fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"#0072b2\" stroke-width=\"2\"/>\n",
                         report_detail::line_of(canvas, curve)));
  canvas.add_path(path);
  return canvas.svg();
}

}  // namespace downhill
