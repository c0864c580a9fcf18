#include "downhill/cli/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "downhill/report/panels.h"

namespace downhill::cli {
namespace {

constexpr std::size_t kAxis = 11;  // characters of a value and the line beside it
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";

/// Where a value lies from the top, in so many steps; -1 if it is not shown.
std::int64_t step_of(double value, const Shown& shown, std::size_t steps) {
  if (!std::isfinite(value)) return -1;
  const double part = (shown.high - value) / (shown.high - shown.low);
  if (part < 0 || part > 1) return -1;
  return static_cast<std::int64_t>(std::lround(part * static_cast<double>(steps - 1)));
}

/// The value at a part of the way along the curve.
double along(const std::vector<double>& curve, double part) {
  return curve[static_cast<std::size_t>(std::lround(part * static_cast<double>(curve.size() - 1)))];
}

void put_utf8(std::string& text, std::uint32_t code) {  // braille: U+2800 to U+28FF, three bytes
  text += static_cast<char>(0xe0 | (code >> 12));
  text += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
  text += static_cast<char>(0x80 | (code & 0x3f));
}

/// One curve in dots, two across and four down in each character; steep pieces are joined.
std::vector<std::string> dotted(const std::vector<double>& curve, const Shown& shown,
                                std::size_t width, std::size_t rows) {
  constexpr std::uint8_t kDots[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
  std::vector<std::uint8_t> cells(width * rows, 0);
  std::int64_t before = -1;
  for (std::size_t i = 0; i < 2 * width; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(2 * width - 1);
    const std::int64_t now = step_of(along(curve, part), shown, 4 * rows);
    if (now >= 0) {
      const std::int64_t from = before < 0 ? now : before + (now > before) - (now < before);
      for (std::int64_t y = std::min(from, now); y <= std::max(from, now); ++y)
        cells[static_cast<std::size_t>(y / 4) * width + i / 2] |= kDots[y % 4][i % 2];
    }
    before = now;
  }
  std::vector<std::string> lines(rows);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < width; ++c) {
      if (cells[r * width + c] == 0) lines[r] += ' ';
      else put_utf8(lines[r], 0x2800u + cells[r * width + c]);
    }
  return lines;
}

/// A letter for each of several curves; where they meet, by turns.
std::vector<std::string> lettered(const std::vector<std::vector<double>>& curves,
                                  const Shown& shown, std::size_t width, std::size_t rows) {
  std::vector<std::string> lines(rows, std::string(width, ' '));
  for (std::size_t c = 0; c < width; ++c) {
    const double part = static_cast<double>(c) / static_cast<double>(width - 1);
    std::vector<std::string> letters(rows);
    for (std::size_t k = 0; k < curves.size(); ++k) {
      const std::int64_t row = step_of(along(curves[k], part), shown, rows);
      if (row >= 0) letters[static_cast<std::size_t>(row)] += plot_letter(k);
    }
    for (std::size_t r = 0; r < rows; ++r)
      if (!letters[r].empty()) lines[r][c] = letters[r][c % letters[r].size()];
  }
  return lines;
}

}  // namespace

char plot_letter(std::size_t curve) { return kLetters[curve % kLetters.size()]; }

std::string plot_text(const std::vector<std::vector<double>>& curves, std::size_t width,
                      std::size_t rows) {
  const Shown shown = shown_values(curves);
  const std::size_t inside = std::max<std::size_t>(width, kAxis + 8) - kAxis;
  const auto lines = curves.size() == 1 ? dotted(curves[0], shown, inside, rows)
                                        : lettered(curves, shown, inside, rows);
  std::string text;
  for (std::size_t r = 0; r < rows; ++r) {
    const double part = static_cast<double>(r) / static_cast<double>(rows - 1);
    const bool named = r == 0 || r + 1 == rows || 2 * r == rows - 1;
    const double value = shown.high + part * (shown.low - shown.high);
    std::string line = named ? fmt::format("{:>9.3g} |", value) : fmt::format("{:>9} |", "");
    line += lines[r];
    while (line.ends_with(' ')) line.pop_back();
    text += line + "\n";
  }
  return text;
}

}  // namespace downhill::cli
