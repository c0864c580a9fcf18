#include "downhill/report/detail/canvas.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "downhill/report/detail/escape.h"

namespace downhill::report_detail {
namespace {

constexpr std::size_t kMostPlaces = 4000;  // of one path
constexpr std::size_t kFewPlaces = 50;     // up to here the line is thick and has large dots,
constexpr std::size_t kSomePlaces = 200;   // up to here small ones
constexpr double kNear = 40;               // pixels: nearer places do not say where the path goes
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

using Ticks = std::vector<std::pair<double, std::string>>;

// Of a logarithm: whole powers of ten, or round numbers where there are fewer than two.
Ticks labelled_ticks(double low, double high, bool logarithm) {
  Ticks ticks;
  if (logarithm) {
    const double step = std::max(1.0, std::ceil((high - low) / 10));
    for (double power = std::ceil(low); power <= high; power += step)
      ticks.emplace_back(power, fmt::format("{:.5g}", std::pow(10.0, power)));
    if (ticks.size() >= 2) return ticks;
    ticks.clear();
  }
  const std::vector<double> places =
      logarithm ? ticks_between(std::pow(10.0, low), std::pow(10.0, high), 6)
                : ticks_between(low, high, 7);
  const std::vector<std::string> texts = texts_apart(places, 5);
  for (std::size_t i = 0; i < places.size(); ++i)
    if (!logarithm || places[i] > 0)
      ticks.emplace_back(logarithm ? std::log10(places[i]) : places[i], texts[i]);
  return ticks;
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

std::vector<std::string> texts_apart(const std::vector<double>& rising, int digits) {
  std::vector<std::string> texts;
  for (; digits <= 17; ++digits) {
    texts.clear();
    for (const double value : rising) texts.push_back(fmt::format("{:.{}g}", value, digits));
    if (std::ranges::adjacent_find(texts) == texts.end()) break;
  }
  return texts;
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

void Canvas::add_line(const std::string& line, bool thin) {
  const auto stroke = [&](const char* color, double width, double opacity) {
    add(
        fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" "
                    "stroke-opacity=\"{}\" stroke-linejoin=\"round\"/>\n",
                    line, color, width, opacity));
  };
  stroke("#ffffff", thin ? 2.6 : 4.5, thin ? 0.55 : 1);
  stroke(kPathColor, thin ? 1.1 : 2.0, thin ? 0.85 : 1);
}

void Canvas::add_dot(const Place& place, double radius, const char* fill, bool marked) {
  add(
      fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{}\" fill=\"{}\" stroke=\"{}\" "
                  "stroke-width=\"{}\"/>\n",
                  pixel_x(place[0]), pixel_y(place[1]), radius, fill,
                  marked ? "#1c2127" : "#ffffff", marked ? 2 : 0.8));
}

// Beside the place, on the side that the path's neighbour is not on, inside the plot.
void Canvas::add_mark(const Place& place, const Place& neighbour, const char* name) {
  const double x = pixel_x(place[0]), y = pixel_y(place[1]);
  double across = x - pixel_x(neighbour[0]), down = y - pixel_y(neighbour[1]);
  const double length = std::hypot(across, down);
  across = length > 0 ? across / length : 0.7;
  down = length > 0 ? down / length : 0.7;
  if (x > kLeft + kPlotWidth - 60) across = -std::abs(across);
  if (x < kLeft + 60) across = std::abs(across);
  if (y < kTop + 24) down = std::abs(down);
  if (y > kTop + kPlotHeight - 24) down = -std::abs(down);
  const char* anchor = across > 0.3 ? "start" : across < -0.3 ? "end" : "middle";
  add(fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" class=\"mark\" text-anchor=\"{}\">{}</text>\n",
                  x + 11 * across, y + 4.5 + 16 * down, anchor, name));
}

void Canvas::add_path(const std::vector<Place>& path) {
  auto places = thinned(path);
  std::erase_if(places, [](const Place& place) { return !finite(place); });
  if (places.empty()) return;
  add_line(line_of(*this, thinned(path)), path.size() > kFewPlaces);
  if (path.size() <= kSomePlaces)
    for (const Place& place : places)
      add_dot(place, path.size() > kFewPlaces ? 1.8 : 2.8, kPathColor, false);
  const auto away = [&](const Place& from) {
    return [&](const Place& to) {
      return std::hypot(pixel_x(to[0]) - pixel_x(from[0]), pixel_y(to[1]) - pixel_y(from[1])) >
             kNear;
    };
  };
  const Place &first = places.front(), &last = places.back();
  const auto next = std::find_if(places.begin(), places.end(), away(first));
  add_dot(first, 5.5, "#ffffff", true);
  if (places.size() == 1) return;  // a place, no path
  add_mark(first, next == places.end() ? last : *next, "start");
  const auto before = std::find_if(places.rbegin(), places.rend(), away(last));
  add_dot(last, 5.5, kPathColor, true);
  add_mark(last, before == places.rend() ? first : *before, "end");
}

std::string Canvas::axes() const {
  std::string out;
  const double bottom = kTop + kPlotHeight;
  for (const auto& [x, label] : labelled_ticks(window_.x_low, window_.x_high, text_.log_x)) {
    const double at = pixel_x(x);
    out += fmt::format(
        "<path d=\"M{0:.2f} {1}v5\" class=\"axis\"/><text x=\"{0:.2f}\" y=\"{2}\" "
        "text-anchor=\"middle\">{3}</text>\n",
        at, bottom, bottom + 20, label);
  }
  for (const auto& [y, label] : labelled_ticks(window_.y_low, window_.y_high, text_.log_y)) {
    const double at = pixel_y(y);
    out += fmt::format(
        "<path d=\"M{0} {1:.2f}h-5\" class=\"axis\"/><text x=\"{2}\" y=\"{3:.2f}\" "
        "text-anchor=\"end\">{4}</text>\n",
        kLeft, at, kLeft - 9, at + 4, label);
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
  out += fmt::format("<text x=\"{}\" y=\"23\" class=\"title\">{}</text>\n", kLeft,
                     html_text(text_.title, 80));
  if (!text_.under.empty())
    out += fmt::format("<text x=\"{}\" y=\"41\">{}</text>\n", kLeft, html_text(text_.under, 110));
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
