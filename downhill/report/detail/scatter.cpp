#include "downhill/report/detail/scatter.h"

#include <fmt/format.h>

#include <cmath>

#include "downhill/report/detail/canvas.h"
#include "downhill/report/detail/escape.h"

namespace downhill::report_detail {
namespace {

constexpr double kWidth = 440, kHeight = 320, kLeft = 66, kRight = 14, kTop = 10, kBottom = 46;
constexpr std::size_t kTicks = 5;

double tenths(double pixel) { return std::round(10 * pixel) / 10; }

}  // namespace

std::vector<double> round_ticks(double low, double high, std::size_t most) {
  std::vector<double> ticks;
  if (!(high > low) || !std::isfinite(high - low)) return {low};
  const double rough = (high - low) / static_cast<double>(most);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double part : {1.0, 2.0, 5.0})
    if (part * power >= rough) {
      step = part * power;
      break;
    }
  const double first = std::ceil(low / step - 1e-9);
  for (double k = first; k * step <= high + 1e-9 * step; ++k)
    ticks.push_back(k == 0 ? 0 : k * step);  // never -0
  return ticks;
}

Scatter::Scatter(const Window& window, const std::string& x, const std::string& y)
    : window_(window) {
  const auto xs = round_ticks(window.x_low, window.x_high, kTicks),
             ys = round_ticks(window.y_low, window.y_high, kTicks);
  const auto x_texts = texts_apart(xs, 4), y_texts = texts_apart(ys, 4);
  for (std::size_t i = 0; i < xs.size(); ++i) {
    const double tick = xs[i];
    body_ += fmt::format("<path class=\"grid\" d=\"M{0} {1}V{2}\"/>", pixel_x(tick), kTop,
                         kHeight - kBottom);
    body_ += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>", pixel_x(tick),
                         kHeight - kBottom + 16, x_texts[i]);
  }
  for (std::size_t i = 0; i < ys.size(); ++i) {
    const double tick = ys[i];
    body_ += fmt::format("<path class=\"grid\" d=\"M{0} {1}H{2}\"/>", kLeft, pixel_y(tick),
                         kWidth - kRight);
    body_ += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>", kLeft - 6,
                         pixel_y(tick) + 4, y_texts[i]);
  }
  body_ += fmt::format("<rect class=\"frame\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
                       kLeft, kTop, kWidth - kLeft - kRight, kHeight - kTop - kBottom);
  body_ += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                       (kLeft + kWidth - kRight) / 2, kHeight - 8, html_text(x, 60));
  body_ += fmt::format(
      "<text transform=\"translate(13 {}) rotate(-90)\" "
      "text-anchor=\"middle\">{}</text>",
      (kTop + kHeight - kBottom) / 2, html_text(y, 60));
}

double Scatter::pixel_x(double x) const {
  const double part = (x - window_.x_low) / (window_.x_high - window_.x_low);
  return tenths(kLeft + part * (kWidth - kLeft - kRight));
}

double Scatter::pixel_y(double y) const {
  const double part = (y - window_.y_low) / (window_.y_high - window_.y_low);
  return tenths(kHeight - kBottom - part * (kHeight - kTop - kBottom));
}

void Scatter::add_points(const std::vector<Place>& places) {
  std::string dots;
  for (const Place& place : places)
    if (std::isfinite(place[0]) && std::isfinite(place[1]))
      dots += fmt::format("M{} {}h0", pixel_x(place[0]), pixel_y(place[1]));
  body_ += fmt::format("<path class=\"points\" d=\"{}\"/>", dots);
}

void Scatter::add_line(const std::vector<Place>& places, const char* kind) {
  std::string line;
  for (const Place& place : places)
    line += fmt::format("{}{} {}", line.empty() ? 'M' : 'L', pixel_x(place[0]), pixel_y(place[1]));
  body_ += fmt::format("<path class=\"{}\" d=\"{}\"/>", kind, line);
}

void Scatter::add_bubble(const Place& place, double radius, const std::string& title) {
  body_ += fmt::format(
      "<circle class=\"bubble\" cx=\"{}\" cy=\"{}\" r=\"{:.1f}\"><title>{}</title></circle>",
      pixel_x(place[0]), pixel_y(place[1]), radius, html_text(title, 200));
}

std::string Scatter::svg(const std::string& label) const {
  return fmt::format(
      "<svg class=\"scatter\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">{}</svg>",
      kWidth, kHeight, html_text(label, 200), body_);
}

}  // namespace downhill::report_detail
