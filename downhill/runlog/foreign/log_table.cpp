#include "downhill/runlog/foreign/log_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "downhill/core/error.h"
#include "downhill/runlog/foreign/words.h"

namespace downhill::foreign {
namespace {

constexpr std::int32_t kNoWord = -1;

}  // namespace

void refuse(const std::string& file, std::int64_t line, const std::string& message) {
  const std::string place = line > 0 ? fmt::format(":{}", line) : "";
  throw FileError(FileError::Kind::data, fmt::format("[log] {}{}: {}", file, place, message));
}

std::size_t LogTable::column(const std::string& name) {
  const auto at = places.find(name);
  if (at != places.end()) return at->second;
  constexpr std::size_t kMostColumns = 10000;
  if (names.size() == kMostColumns)
    refuse(file, 0, fmt::format("has more than {} columns; a log has fewer", kMostColumns));
  places.emplace(name, names.size());
  names.push_back(name);
  columns.emplace_back(rows);
  return names.size() - 1;
}

void LogTable::set(std::size_t row, std::size_t to, double value) {
  if (columns[to].size() <= row) columns[to].resize(row + 1);
  columns[to][row] = value;
}

void LogTable::set_text(std::size_t row, std::size_t to, const std::string& text) {
  texts.try_emplace(to, Text{row, text});
  constexpr std::size_t kMostWords = 200;
  Labels& all = labels[to];
  all.of_row.resize(row + 1, kNoWord);
  all.of_row[row] = 0;
  if (all.too_many) return;
  const auto found = std::ranges::find(all.words, text);
  all.of_row[row] = static_cast<std::int32_t>(found - all.words.begin());
  if (found == all.words.end()) all.words.push_back(text);
  all.too_many = all.words.size() > kMostWords;
  if (all.too_many) all.words.clear();
}

std::string LogTable::word(std::size_t row, std::size_t of) const {
  if (const auto found = labels.find(of); found != labels.end()) {
    const Labels& all = found->second;
    const std::int32_t word = row < all.of_row.size() ? all.of_row[row] : kNoWord;
    if (word != kNoWord) return all.too_many ? "" : all.words[static_cast<std::size_t>(word)];
  }
  const bool number = row < columns[of].size() && columns[of][row];
  return number ? fmt::format("{}", *columns[of][row]) : "";
}

void LogTable::keep(const std::vector<std::size_t>& order) {
  constexpr std::size_t kGone = static_cast<std::size_t>(-1);
  std::vector<std::size_t> now(rows, kGone);
  for (std::size_t i = 0; i < order.size(); ++i) now[order[i]] = i;
  const auto arrange = [&](auto& cells, const auto& none) {
    cells.resize(rows, none);
    auto before = std::exchange(cells, {});
    for (const std::size_t row : order) cells.push_back(before[row]);
  };
  for (Cells& cells : columns) arrange(cells, std::optional<double>());
  if (!lines.empty()) arrange(lines, std::int64_t{0});
  texts.clear();
  for (auto& [column, all] : labels) {
    arrange(all.of_row, kNoWord);
    const auto first =
        std::ranges::find_if(all.of_row, [](std::int32_t word) { return word != kNoWord; });
    if (first == all.of_row.end()) continue;
    const auto row = static_cast<std::size_t>(first - all.of_row.begin());
    texts.emplace(column, Text{row, all.too_many ? "text" : word(row, column)});
  }
  for (std::size_t& row : begins) row = row < now.size() ? now[row] : kGone;
  std::erase(begins, kGone);
  rows = order.size();
}

std::string LogTable::place(std::size_t row) const {
  const bool by_line = row < lines.size() && lines[row] > 0;
  return by_line ? fmt::format("line {}", lines[row]) : fmt::format("row {}", row + 1);
}

std::size_t LogTable::add_row(std::int64_t line) {
  lines.push_back(line);
  return rows++;
}

namespace {

// What stands within tensor(0.5, device='cuda:0') or [0.5].
std::string_view within(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) return text.substr(1, text.size() - 2);
  const std::size_t open = text.find('(');
  if (open == text.npos || !text.ends_with(')') || !names_a_type(text.substr(0, open))) return text;
  const std::string_view inside = text.substr(open + 1, text.size() - open - 2);
  return inside.substr(0, inside.find(','));
}

// As Windows' C library, and spreadsheets, write what is no finite number.
std::optional<double> not_finite_in(std::string_view text) {
  for (const char* nan : {"1.#QNAN", "1.#IND", "1.#SNAN", "#NUM!", "#DIV/0!"})
    if (text.starts_with(nan) || (text.starts_with('-') && text.substr(1).starts_with(nan)))
      return std::nan("");
  if (text.starts_with("1.#INF")) return HUGE_VAL;
  if (text.starts_with("-1.#INF")) return -HUGE_VAL;
  return {};
}

}  // namespace

std::optional<double> number_from(std::string_view text) {
  text = trimmed(within(trimmed(text)));
  while (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range && end == text.data() + text.size()) {
    const bool tiny = text.find("e-") != text.npos || text.find("E-") != text.npos;
    return tiny ? 0.0 : text.starts_with('-') ? -HUGE_VAL : HUGE_VAL;
  }
  if (error != std::errc() || end != text.data() + text.size() || text.empty())
    return not_finite_in(text);
  return value;
}

}  // namespace downhill::foreign
