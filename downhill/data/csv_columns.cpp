#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "downhill/core/error.h"
#include "downhill/data/csv.h"
#include "downhill/io/utf8.h"

namespace downhill {

void detail::check_separator(std::string_view operation, char c) {
  if (c == '"' || c == '\n' || c == '\r' || c == '.' || (c >= '0' && c <= '9'))
    throw_usage(operation, fmt::format("the separator is {}; expected ',', ';' or a tab",
                                       excerpt(std::string_view(&c, 1))));
}

int detail::find_name(const std::vector<std::string>& names, std::string_view name_or_number,
                      std::string_view note) {
  const auto found = std::find(names.begin(), names.end(), name_or_number);
  if (found != names.end()) return static_cast<int>(found - names.begin());
  std::size_t number = 0;
  const char* end = name_or_number.data() + name_or_number.size();
  const auto [stop, error] = std::from_chars(name_or_number.data(), end, number);
  if (error == std::errc() && stop == end && !name_or_number.empty()) {
    if (number >= 1 && number <= names.size()) return static_cast<int>(number) - 1;
    throw_usage("column", fmt::format("there is no column {}; the table has columns 1 to {}",
                                      name_or_number, names.size()));
  }
  const std::string near = nearest(name_or_number, names);
  std::string known;
  for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 10); ++i)
    known += fmt::format("{}{}", i > 0 ? ", " : "", names[i].substr(0, 80));
  if (!note.empty())
    throw_usage("column", fmt::format("there is no column {}: the table has {}",
                                      excerpt(name_or_number, 80), note));
  throw_usage("column", fmt::format("there is no column {}; {}the table has {}{}, and a number "
                                    "from 1 to {} will do",
                                    excerpt(name_or_number, 80),
                                    near.empty() ? "" : fmt::format("did you mean '{}'? ", near),
                                    known, names.size() > 10 ? ", ..." : "", names.size()));
}

int find_column(const CsvTable& table, std::string_view name_or_number) {
  return detail::find_name(table.names, name_or_number);
}

std::vector<std::string> labels(const CsvTable& table, int column) {
  const auto found = table.classes.find(column);
  if (found == table.classes.end())
    throw_usage("labels",
                fmt::format("column {} holds numbers; expected a text column", column + 1));
  std::vector<std::string> result;
  const std::int64_t columns = table.numbers.size(1);
  const double* numbers = table.numbers.data<double>() + column;
  for (std::int64_t row = 0; row < table.rows; ++row)
    result.push_back(found->second[static_cast<std::size_t>(numbers[row * columns])]);
  return result;
}

}  // namespace downhill
