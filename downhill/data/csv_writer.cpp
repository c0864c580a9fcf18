#include "downhill/data/csv_writer.h"

#include <fmt/format.h>

#include <cmath>
#include <concepts>
#include <iterator>

#include "downhill/core/error.h"
#include "downhill/io/atomic_file.h"

namespace downhill {
namespace {

void append(fmt::memory_buffer& line, const std::string& text) {
  const bool quoted = text.empty() || text.find_first_of(",;\t\"\r\n") != std::string::npos ||
                      text.front() == ' ' || text.back() == ' ';
  if (quoted) line.push_back('"');
  for (const char c : text) {
    if (c == '"') line.push_back('"');
    line.push_back(c);
  }
  if (quoted) line.push_back('"');
}

template <class Number>
requires std::integral<Number> || std::floating_point<Number>
void append(fmt::memory_buffer& line, Number value) {
  if constexpr (std::floating_point<Number>) {
    if (std::isnan(value)) {
      line.append(std::string_view("nan"));
      return;
    }
  }
  fmt::format_to(std::back_inserter(line), "{}", value);
}

// One line after the other; `field` appends the text of a row's field.
template <class Sink, class Field>
void write_rows(Sink&& out, std::size_t rows, std::size_t columns, Field&& field) {
  fmt::memory_buffer line;
  for (std::size_t row = 0; row < rows; ++row) {
    line.clear();
    for (std::size_t column = 0; column < columns; ++column) {
      if (column > 0) line.push_back(',');
      field(line, row, column);
    }
    line.push_back('\n');
    out(std::string_view(line.data(), line.size()));
  }
}

std::size_t length(const CsvColumn& column) {
  return std::visit([](const auto& values) { return values.size(); }, column.values);
}

void check_lengths(std::span<const CsvColumn> columns) {
  if (columns.empty()) throw_usage("write_csv", "there is no column; expected at least one");
  const std::size_t rows = length(columns[0]);
  for (const CsvColumn& column : columns)
    if (length(column) != rows)
      throw_usage("write_csv", fmt::format("column '{}' has {} values; expected {} as column '{}'",
                                           column.name, length(column), rows, columns[0].name));
}

template <class Sink>
void write_columns(Sink&& out, std::span<const CsvColumn> columns) {
  write_rows(out, 1, columns.size(), [&](fmt::memory_buffer& line, std::size_t, std::size_t c) {
    append(line, columns[c].name);
  });
  write_rows(out, length(columns[0]), columns.size(),
             [&](fmt::memory_buffer& line, std::size_t row, std::size_t c) {
               std::visit([&](const auto& values) { append(line, values[row]); },
                          columns[c].values);
             });
}

}  // namespace

std::string csv_text(std::span<const CsvColumn> columns) {
  check_lengths(columns);
  std::string text;
  write_columns([&](std::string_view line) { text += line; }, columns);
  return text;
}

void write_csv(const std::filesystem::path& path, std::span<const CsvColumn> columns) {
  check_lengths(columns);
  write_atomically(path, [&](FileWriter& file) {
    write_columns([&](std::string_view line) { file.write(line); }, columns);
  });
}

}  // namespace downhill
