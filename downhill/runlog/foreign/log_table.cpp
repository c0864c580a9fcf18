#include "downhill/runlog/foreign/log_table.h"

#include <fmt/format.h>

#include <charconv>

#include "downhill/core/error.h"

namespace downhill::foreign {

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
}

std::size_t LogTable::add_row(std::int64_t line) {
  lines.push_back(line);
  return rows++;
}

std::optional<double> number_from(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '+')) text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range && end == text.data() + text.size())
    return text.find("e-") != std::string_view::npos ? 0.0 : value;
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return {};
  return value;
}

}  // namespace downhill::foreign
