#include "downhill/report/panels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "downhill/core/error.h"
#include "downhill/report/detail/canvas.h"
#include "downhill/report/detail/contour.h"
#include "downhill/report/detail/escape.h"

namespace downhill {
namespace {

using report_detail::html_text;
using report_detail::kCurveColors;

constexpr std::size_t kEndPart = 20;  // of a curve is its end
constexpr double kLeft = 76, kTop = 62, kWidth = 480, kHeight = 150, kBetween = 22, kBottom = 50,
                 kRight = 24, kTolerance = 0.15, kLegendLine = 20;
// The dashes tell the curves apart in black and white.
constexpr std::array<const char*, 3> kDashes = {"", "7 4", "2 3"};

std::string stroke(std::size_t curve) {
  const char* dash = kDashes[curve % kDashes.size()];
  return fmt::format("stroke=\"{}\"{}", kCurveColors[curve % kCurveColors.size()],
                     *dash == 0 ? "" : fmt::format(" stroke-dasharray=\"{}\"", dash));
}

struct Frame {
  double top, x_low, x_high;
  Shown y;
  double pixel_x(double x) const { return kLeft + kWidth * (x - x_low) / (x_high - x_low); }
  double pixel_y(double v) const {
    const double part = (v - y.low) / (y.high - y.low);
    return top + kHeight * (1 - std::clamp(part, -1.0, 2.0));
  }
};

std::string curve_path(const Frame& frame, const std::vector<double>& x,
                       const std::vector<double>& values) {
  std::string path;
  std::vector<Place> line;
  const auto flush = [&] {
    char letter = 'M';
    for (const Place& place : report_detail::simplified(line, kTolerance)) {
      path += fmt::format("{}{:.1f} {:.1f}", letter, place[0], place[1]);
      letter = letter == 'M' ? 'L' : ' ';
    }
    line.clear();
  };
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::isfinite(values[i])) line.push_back({frame.pixel_x(x[i]), frame.pixel_y(values[i])});
    else if (!line.empty()) flush();
  }
  if (!line.empty()) flush();
  return path;
}

std::string panel_svg(const Frame& frame, std::size_t number, const PanelPicture& picture,
                      bool last) {
  const PanelPicture::Panel& panel = picture.panels[number];
  std::string out = fmt::format(
      "<clipPath id=\"panel{0}\"><rect x=\"{1}\" y=\"{2}\" width=\"{3}\" "
      "height=\"{4}\"/></clipPath>\n",
      number, kLeft, frame.top, kWidth, kHeight);
  const auto ys = report_detail::ticks_between(frame.y.low, frame.y.high, 4),
             xs = report_detail::ticks_between(frame.x_low, frame.x_high, 8);
  const auto y_texts = report_detail::texts_apart(ys, 4),
             x_texts = report_detail::texts_apart(xs, 4);
  for (std::size_t i = 0; i < ys.size(); ++i) {
    const double y = ys[i];
    out += fmt::format(
        "<path d=\"M{} {:.1f}h{}\" class=\"{}\"/><text x=\"{}\" y=\"{:.1f}\" "
        "text-anchor=\"end\">{}</text>\n",
        kLeft, frame.pixel_y(y), kWidth, y == 0 ? "zero" : "grid", kLeft - 8, frame.pixel_y(y) + 4,
        y_texts[i]);
  }
  for (std::size_t i = 0; i < xs.size(); ++i) {
    const double x = xs[i];
    out += fmt::format("<path d=\"M{:.1f} {}v{}\" class=\"{}\"/>\n", frame.pixel_x(x), frame.top,
                       kHeight, x == 0 ? "zero" : "grid");
    if (last)
      out += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                         frame.pixel_x(x), frame.top + kHeight + 18, x_texts[i]);
  }
  for (std::size_t k = panel.curves.size(); k-- > 0;)
    out += fmt::format(
        "<path d=\"{}\" fill=\"none\" {} stroke-width=\"2\" clip-path=\"url(#panel{})\"/>\n",
        curve_path(frame, picture.x, panel.curves[k]), stroke(k), number);
  out += fmt::format(
      "<text transform=\"translate(20 {}) rotate(-90)\" text-anchor=\"middle\" "
      "class=\"name\">{}</text>\n",
      frame.top + kHeight / 2, html_text(panel.name, 40));
  return out;
}

bool has_legend(const PanelPicture& picture) {
  return picture.names.size() > 1 || (picture.names.size() == 1 && !picture.names[0].empty());
}
double legend_width(const PanelPicture& picture) {
  std::size_t longest = 0;
  for (const std::string& name : picture.names) longest = std::max(longest, name.size());
  return has_legend(picture) ? 60 + 7.2 * static_cast<double>(std::min<std::size_t>(longest, 40))
                             : 0;
}

std::string legend(const PanelPicture& picture) {
  if (!has_legend(picture)) return {};
  std::string out;
  for (std::size_t k = 0; k < picture.names.size(); ++k) {
    const double y = kTop + 12 + kLegendLine * static_cast<double>(k), x = kLeft + kWidth + 16;
    out += fmt::format(
        "<path d=\"M{} {}h24\" {} stroke-width=\"2.5\"/><text x=\"{}\" y=\"{}\">{}</text>\n", x,
        y - 4, stroke(k), x + 32, y, html_text(picture.names[k], 40));
  }
  return out;
}

void check(const PanelPicture& picture) {
  if (picture.x.size() < 2 || picture.panels.empty())
    throw_usage("panels_svg", fmt::format("{} places and {} panels; expected at least 2 and 1",
                                          picture.x.size(), picture.panels.size()));
  for (const auto& panel : picture.panels) {
    if (panel.curves.size() != picture.names.size())
      throw_usage("panels_svg", fmt::format("the panel {} has {} curves; expected {}, one for each "
                                            "name",
                                            panel.name, panel.curves.size(), picture.names.size()));
    for (const auto& curve : panel.curves)
      if (curve.size() != picture.x.size())
        throw_usage("panels_svg", fmt::format("a curve of {} has {} values; expected {}, one for "
                                              "each x",
                                              panel.name, curve.size(), picture.x.size()));
  }
}

}  // namespace

Shown shown_values(const std::vector<std::vector<double>>& curves) {
  const double inf = std::numeric_limits<double>::infinity();
  Shown shown{inf, -inf}, middle{inf, -inf};
  for (const auto& curve : curves)
    for (std::size_t i = 0; i < curve.size(); ++i) {
      if (!std::isfinite(curve[i])) continue;
      shown = {std::min(shown.low, curve[i]), std::max(shown.high, curve[i])};
      const std::size_t end = curve.size() / kEndPart;
      if (i < end || i + end >= curve.size()) continue;
      middle = {std::min(middle.low, curve[i]), std::max(middle.high, curve[i])};
    }
  if (!(shown.low <= shown.high)) return {-1, 1};
  if (const double reach = middle.high - middle.low; reach > 0) {
    shown.low = std::max(shown.low, middle.low - reach);
    shown.high = std::min(shown.high, middle.high + reach);
  }
  if (!(shown.high - shown.low > 1e-12 * std::max(std::abs(shown.high), 1e-3))) {
    const double half = std::max(0.5 * std::abs(shown.high), 0.5);
    return {shown.low - half, shown.high + half};
  }
  const double margin = 0.06 * (shown.high - shown.low);
  return {shown.low - margin, shown.high + margin};
}

std::string panels_svg(const PanelPicture& picture) {
  check(picture);
  const auto panels = static_cast<double>(picture.panels.size());
  const double width = kLeft + kWidth + std::max(kRight, legend_width(picture)),
               height = kTop + panels * kHeight + (panels - 1) * kBetween + kBottom;
  std::string body;
  for (std::size_t k = 0; k < picture.panels.size(); ++k) {
    const Frame frame{kTop + static_cast<double>(k) * (kHeight + kBetween), picture.x.front(),
                      picture.x.back(), shown_values(picture.panels[k].curves)};
    body += panel_svg(frame, k, picture, k + 1 == picture.panels.size());
  }
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
      "height=\"{1:.0f}\" role=\"img\" aria-label=\"{2}\">\n"
      "<style>text{{font:12px system-ui,\"Segoe UI\",\"DejaVu Sans\",sans-serif;fill:#3c4650}}"
      ".title{{font-size:16px;font-weight:600;fill:#1c2127}}.name{{font-size:13px;fill:#1c2127}}"
      ".grid{{stroke:#e3e7eb;stroke-width:1}}.zero{{stroke:#9aa5b1;stroke-width:1}}</style>\n"
      "<rect width=\"{0:.0f}\" height=\"{1:.0f}\" fill=\"#ffffff\"/>\n"
      "<text x=\"{3}\" y=\"24\" class=\"title\">{2}</text>\n"
      "<text x=\"{3}\" y=\"44\">{4}</text>\n{5}{6}"
      "<text x=\"{7}\" y=\"{8:.0f}\" text-anchor=\"middle\" class=\"name\">{9}</text>\n</svg>\n",
      width, height, html_text(picture.title, 70), kLeft, html_text(picture.under, 90), body,
      legend(picture), kLeft + kWidth / 2, height - 12, html_text(picture.axis, 70));
}

}  // namespace downhill
