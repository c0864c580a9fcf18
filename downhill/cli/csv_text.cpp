#include "downhill/cli/csv_text.h"

#include <fmt/format.h>

#include <cmath>
#include <type_traits>
#include <variant>

namespace downhill::cli {
namespace {

std::string field(const std::string& text) {
  const bool plain = !text.empty() && text.find_first_of(",;\t\"\r\n") == text.npos &&
                     text.front() != ' ' && text.back() != ' ';
  if (plain) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

template <class Number>
std::string field(const Number& value) {
  if constexpr (std::is_floating_point_v<Number>)
    if (std::isnan(value)) return "nan";
  return fmt::format("{}", value);
}

}  // namespace

std::string csv_text(std::span<const CsvColumn> columns) {
  std::string text;
  std::size_t rows = 0;
  for (const CsvColumn& column : columns) {
    text += (text.empty() ? "" : ",") + field(column.name);
    rows = std::visit([](const auto& values) { return values.size(); }, column.values);
  }
  text += '\n';
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t c = 0; c < columns.size(); ++c) {
      text +=
          std::visit([row](const auto& values) { return field(values[row]); }, columns[c].values);
      text += c + 1 < columns.size() ? ',' : '\n';
    }
  return text;
}

}  // namespace downhill::cli
