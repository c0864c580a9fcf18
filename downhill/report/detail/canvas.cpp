#include "downhill/report/detail/canvas.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "downhill/report/detail/escape.h"

namespace downhill::report_detail {
namespace {

constexpr std::size_t kMostPlaces = 4000;  // of one path
constexpr std::size_t kFewPlaces = 200;    // up to here every place has a dot
constexpr const char* kPathColor = "#d55e00";

bool finite(const Place& place) { return std::isfinite(place[0]) && std::isfinite(place[1]); }

// At most kMostPlaces of the path, first and last among them.
std::vector<Place> thinned(const std::vector<Place>& path) {
  if (path.size() <= kMostPlaces) return path;
  std::vector<Place> out;
  for (std::size_t i = 0; i < kMostPlaces; ++i)
    out.push_back(path[i * (path.size() - 1) / (kMostPlaces - 1)]);
  return out;
}

}  // namespace

std::vector<double> ticks_between(double low, double high, int about) {
  const double raw = (high - low) / about;
  if (!(raw > 0) || !std::isfinite(raw)) return {};
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  const double part = raw / power;
  const double step = power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
  std::vector<double> ticks;
  for (double k = std::ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; ++k) {
    ticks.push_back(k * step == 0 ? 0 : k * step);
    if (ticks.size() > 50) break;
  }
  return ticks;
}

Canvas::Canvas(const Window& window, const PictureText& text, double right)
    : window_(window), text_(text), right_(right) {}

double Canvas::pixel_x(double x) const {
  const double part = (x - window_.x_low) / (window_.x_high - window_.x_low);
  return kLeft + kPlotWidth * std::clamp(part, -1.0, 2.0);
}

double Canvas::pixel_y(double y) const {
  const double part = (y - window_.y_low) / (window_.y_high - window_.y_low);
  return kTop + kPlotHeight * (1 - std::clamp(part, -1.0, 2.0));
}

std::string line_of(const Canvas& canvas, const std::vector<Place>& places) {
  std::string line;
  bool pen_down = false;
  for (const Place& place : places) {
    if (!finite(place)) {
      pen_down = false;
      continue;
    }
    line += fmt::format("{}{:.2f} {:.2f}", pen_down ? "L" : "M", canvas.pixel_x(place[0]),
                        canvas.pixel_y(place[1]));
    pen_down = true;
  }
  return line;
}

void Canvas::add_path(const std::vector<Place>& path) {
  const auto places = thinned(path);
  const std::string line = line_of(*this, places);
  if (line.empty()) return;
  for (const auto& [color, width] : {std::pair("#ffffff", 4.5), std::pair(kPathColor, 2.0)})
    add(
        fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" "
                    "stroke-linejoin=\"round\"/>\n",
                    line, color, width));
  const auto dot = [&](const Place& place, double radius, const char* fill, const char* name) {
    const double x = pixel_x(place[0]), y = pixel_y(place[1]);
    add(
        fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{}\" fill=\"{}\" stroke=\"{}\" "
                    "stroke-width=\"{}\"/>\n",
                    x, y, radius, fill, *name ? "#1c2127" : "#ffffff", *name ? 2 : 0.8));
    if (!*name) return;
    const bool left = x > kLeft + kPlotWidth - 60;  // beside the plot there is no room
    const bool above = std::string_view(name) == "start";
    const double shift =
        above ? (y < kTop + 24 ? 18 : -9) : (y > kTop + kPlotHeight - 24 ? -9 : 20);
    add(fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" class=\"mark\" text-anchor=\"{}\">{}</text>\n",
                    x + (left ? -10 : 10), y + shift, left ? "end" : "start", name));
  };
  if (path.size() <= kFewPlaces)
    for (const Place& place : places)
      if (finite(place)) dot(place, 2.8, kPathColor, "");
  const auto first = std::find_if(places.begin(), places.end(), finite);
  const auto last = std::find_if(places.rbegin(), places.rend(), finite);
  dot(*first, 5.5, "#ffffff", "start");
  if (places.size() > 1) dot(*last, 5.5, kPathColor, "end");
}

std::string Canvas::axes() const {
  std::string out;
  const double bottom = kTop + kPlotHeight;
  for (const double x : ticks_between(window_.x_low, window_.x_high, 7)) {
    const double at = pixel_x(x);
    out += fmt::format(
        "<path d=\"M{0:.2f} {1}v5\" class=\"axis\"/><text x=\"{0:.2f}\" y=\"{2}\" "
        "text-anchor=\"middle\">{3:.5g}</text>\n",
        at, bottom, bottom + 20, x);
  }
  for (const double y : ticks_between(window_.y_low, window_.y_high, 7)) {
    const double at = pixel_y(y);
    out += fmt::format(
        "<path d=\"M{0} {1:.2f}h-5\" class=\"axis\"/><text x=\"{2}\" y=\"{3:.2f}\" "
        "text-anchor=\"end\">{4:.5g}</text>\n",
        kLeft, at, kLeft - 9, at + 4, y);
  }
  out += fmt::format(
      "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" "
      "class=\"axis\"/>\n",
      kLeft, kTop, kPlotWidth, kPlotHeight);
  out += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" class=\"name\">{}</text>\n",
                     kLeft + kPlotWidth / 2, bottom + 44, html_text(text_.x, 80));
  out += fmt::format(
      "<text transform=\"translate(18 {}) rotate(-90)\" text-anchor=\"middle\" "
      "class=\"name\">{}</text>\n",
      kTop + kPlotHeight / 2, html_text(text_.y, 80));
  out += fmt::format("<text x=\"{}\" y=\"26\" class=\"title\">{}</text>\n", kLeft,
                     html_text(text_.title, 80));
  return out;
}

std::string Canvas::svg() const {
  const double width = kLeft + kPlotWidth + right_, height = kTop + kPlotHeight + kBottom;
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" role=\"img\" aria-label=\"{2}\">\n"
      "<style>text{{font:12px system-ui,\"Segoe UI\",\"DejaVu Sans\",sans-serif;fill:#3c4650}}"
      ".title{{font-size:16px;font-weight:600;fill:#1c2127}}.name{{font-size:14px;fill:#1c2127}}"
      ".mark{{font-size:13px;font-weight:600;fill:#1c2127;paint-order:stroke;stroke:#fff;"
      "stroke-width:3px}}.axis{{stroke:#5b6570;stroke-width:1}}</style>\n"
      "<clipPath id=\"plot\"><rect x=\"{3}\" y=\"{4}\" width=\"{5}\" height=\"{6}\"/></clipPath>\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n"
      "<g clip-path=\"url(#plot)\">\n{7}</g>\n{8}{9}</svg>\n",
      width, height, html_text(text_.title, 80), kLeft, kTop, kPlotWidth, kPlotHeight, body_,
      axes(), outside_);
}

}  // namespace downhill::report_detail
