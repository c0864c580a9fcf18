#include "downhill/report/lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "downhill/report/detail/canvas.h"
#include "downhill/report/detail/escape.h"

namespace downhill {
namespace {

using report_detail::Canvas;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

double scaled(double value, bool logarithm) {
  if (!logarithm) return value;
  return value > 0 ? std::log10(value) : std::numeric_limits<double>::quiet_NaN();
}

std::vector<Place> places_of(const LinesPicture& picture, const LinesPicture::Line& line) {
  std::vector<Place> places;
  for (std::size_t i = 0; i < std::min(line.x.size(), line.y.size()); ++i)
    places.push_back({scaled(line.x[i], picture.log_x), scaled(line.y[i], picture.log_y)});
  return places;
}

Window window_of(const LinesPicture& picture) {
  Window w{kInfinite, -kInfinite, kInfinite, -kInfinite};
  for (const LinesPicture::Line& line : picture.lines) {
    if (line.faint) continue;
    for (const Place& place : places_of(picture, line)) {
      if (!std::isfinite(place[0]) || !std::isfinite(place[1])) continue;
      w = {std::min(w.x_low, place[0]), std::max(w.x_high, place[0]), std::min(w.y_low, place[1]),
           std::max(w.y_high, place[1])};
    }
  }
  const auto widen = [](double& low, double& high, double part) {
    if (!(low <= high)) low = 0, high = 1;
    const double margin = high > low ? part * (high - low) : std::max(1e-3, 0.1 * std::abs(low));
    low -= margin;
    high += margin;
  };
  widen(w.x_low, w.x_high, 0);
  widen(w.y_low, w.y_high, 0.05);
  return w;
}

}  // namespace

std::string lines_svg(const LinesPicture& picture) {
  Canvas canvas(window_of(picture),
                {.title = picture.title,
                 .x = picture.x,
                 .y = picture.y,
                 .under = picture.under,
                 .log_x = picture.log_x,
                 .log_y = picture.log_y},
                150);
  std::size_t named = 0;
  for (const LinesPicture::Line& line : picture.lines) {
    if (!line.name.empty()) ++named;
    const char* color = report_detail::kCurveColors[(named > 0 ? named - 1 : 0) %
                                                    report_detail::kCurveColors.size()];
    canvas.add(fmt::format(
        "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-opacity=\"{}\" "
        "stroke-linejoin=\"round\"/>\n",
        report_detail::line_of(canvas, places_of(picture, line)), color, line.faint ? 0.8 : 2,
        line.faint ? 0.45 : 1));
    if (line.name.empty()) continue;
    const double y = Canvas::kTop + 12 + 20 * static_cast<double>(named - 1);
    canvas.add_outside(
        fmt::format("<path d=\"M648 {}h18\" stroke=\"{}\" stroke-width=\"3\"/><text x=\"672\" "
                    "y=\"{}\">{}</text>\n",
                    y - 4, color, y, report_detail::html_text(line.name, 22)));
  }
  double below = 16;
  for (const LinesPicture::Mark& mark : picture.marks) {
    const double x = canvas.pixel_x(scaled(mark.x, picture.log_x));
    canvas.add(fmt::format(
        "<path d=\"M{0:.2f} {1}v{2}\" stroke=\"#5b6570\" stroke-dasharray=\"5 4\"/><text "
        "x=\"{3:.2f}\" y=\"{4}\" class=\"mark\">{5}</text>\n",
        x, Canvas::kTop, Canvas::kPlotHeight, x + 5, Canvas::kTop + below,
        report_detail::html_text(mark.name, 30)));
    below += 17;
  }
  return canvas.svg();
}

}  // namespace downhill
