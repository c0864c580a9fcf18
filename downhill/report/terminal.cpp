#include "downhill/report/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "downhill/core/error.h"

namespace downhill {
namespace {

struct Span {
  double low, high;
};

/// Dots of a plot: `across` by `down`, each shown or not.
class Dots {
 public:
  Dots(int across, int down)
      : across_(across), down_(down), shown_(static_cast<std::size_t>(across * down)) {}

  void column(int x, int from, int to) {
    for (int y = std::min(from, to); y <= std::max(from, to); ++y)
      shown_[static_cast<std::size_t>(y * across_ + x)] = true;
  }
  bool at(int x, int y) const { return shown_[static_cast<std::size_t>(y * across_ + x)]; }
  int down() const { return down_; }

 private:
  int across_, down_;
  std::vector<bool> shown_;
};

// The braille character of 2 x 4 dots: U+2800 and one bit per dot, as UTF-8.
std::string braille(const Dots& dots, int column, int line) {
  constexpr int kBits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
  int code = 0;
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 2; ++x)
      if (dots.at(2 * column + x, 4 * line + y)) code |= kBits[y][x];
  if (code == 0) return " ";
  return {static_cast<char>(0xE2), static_cast<char>(0xA0 + (code >> 6)),
          static_cast<char>(0x80 + (code & 0x3F))};
}

// The range of the finite values of each column.
std::vector<std::optional<Span>> columns_of(std::span<const double> values, int count) {
  std::vector<std::optional<Span>> columns(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) continue;
    const std::size_t last = values.size() > 1 ? values.size() - 1 : 1;
    auto& column = columns[i * (columns.size() - 1) / last];
    if (!column) column = Span{values[i], values[i]};
    column->low = std::min(column->low, values[i]);
    column->high = std::max(column->high, values[i]);
  }
  return columns;
}

Span range_of(const std::vector<std::optional<Span>>& columns) {
  std::optional<Span> all;
  for (const auto& column : columns) {
    if (!column) continue;
    if (!all) all = column;
    all = Span{std::min(all->low, column->low), std::max(all->high, column->high)};
  }
  return all.value_or(Span{0, 0});
}

// Draws each column and joins it to the one before; few values are joined over the gaps between.
Dots drawn(const std::vector<std::optional<Span>>& columns, Span range, int down) {
  Dots dots(static_cast<int>(columns.size()), down);
  const auto row = [&](double value) {
    const double part =
        range.high > range.low ? (value - range.low) / (range.high - range.low) : 0.5;
    return static_cast<int>(std::lround((1 - part) * (down - 1)));
  };
  std::optional<int> before_column, before_row;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!columns[i]) continue;
    const int x = static_cast<int>(i);
    const int high = row(columns[i]->high), low = row(columns[i]->low);
    dots.column(x, high, low);
    if (before_column) {
      const int gap = x - *before_column, near = std::clamp(*before_row, high, low);
      int last = *before_row;
      for (int k = 1; k <= gap; ++k) {
        const int y = *before_row + (near - *before_row) * k / gap;
        dots.column(*before_column + k, last, y);
        last = y;
      }
    }
    before_column = x;
    before_row = low;
  }
  return dots;
}

std::string bad_marks(std::span<const double> values, int width) {
  std::string marks(static_cast<std::size_t>(width), ' ');
  bool any = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    const std::size_t last = values.size() > 1 ? values.size() - 1 : 1;
    marks[i * (marks.size() - 1) / last] = '!';
    any = true;
  }
  return any ? fmt::format("{:>10}   {}  not finite\n", "", marks) : "";
}

}  // namespace

std::string terminal_plot(std::span<const double> values, const TerminalPlot& options) {
  if (options.width < 8 || options.width > 400 || options.height < 2 || options.height > 100)
    throw_usage("terminal_plot", fmt::format("width {} and height {} were given; expected 8 to 400 "
                                             "and 2 to 100",
                                             options.width, options.height));
  std::vector<double> shown(values.begin(), values.end());
  if (options.log)
    for (double& value : shown)
      value = value > 0 ? std::log10(value) : std::numeric_limits<double>::quiet_NaN();
  const int across = options.unicode ? 2 : 1, down = options.unicode ? 4 : 1;
  const auto columns = columns_of(shown, across * options.width);
  const Span range = range_of(columns);
  const Dots dots = drawn(columns, range, down * options.height);
  std::string out = options.title.empty() ? "" : fmt::format("{:>10}   {}\n", "", options.title);
  for (int line = 0; line < options.height; ++line) {
    const double part = static_cast<double>(line) / (options.height - 1);
    const double level = range.high - part * (range.high - range.low);
    const bool labelled = line == 0 || line == options.height - 1 || line == options.height / 2;
    out += labelled ? fmt::format("{:>10.4g}", options.log ? std::pow(10.0, level) : level)
                    : std::string(10, ' ');
    out += options.unicode ? " \u2502 " : " | ";
    std::string text;
    for (int column = 0; column < options.width; ++column)
      text += options.unicode ? braille(dots, column, line) : (dots.at(column, line) ? "*" : " ");
    out += text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  }
  return out + bad_marks(values, options.width);
}

}  // namespace downhill
