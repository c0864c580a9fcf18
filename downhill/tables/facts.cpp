#include "downhill/tables/detail/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "downhill/core/error.h"
#include "downhill/data/detail/csv_number.h"
#include "downhill/io/utf8.h"
#include "downhill/tables/detail/number_text.h"

namespace downhill::detail {
namespace {

Entry look_at(std::string_view text, bool quoted) {
  if (is_missing(text, quoted)) return Entry::missing;
  double ignored = 0;
  const NumberText kind = read_number(text, ignored);
  if (kind == NumberText::infinite) return Entry::infinite;
  if (kind == NumberText::overflow) return Entry::overflow;
  if (kind == NumberText::number || kind == NumberText::underflow) return Entry::number;
  NumberParts parts;
  return split_number(text, parts) && has_meaning(parts.digits) ? Entry::number : Entry::word;
}

}  // namespace

bool is_missing(std::string_view text, bool quoted) {
  double ignored = 0;
  return read_number(text, ignored) == NumberText::missing && (!quoted || text.empty());
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

Facts::Facts(const Table& of, int of_column, const Cells& of_cells,
             std::span<const std::string> named)
    : table(of), column(of_column), cells(of_cells), rows_of(of_cells.words().size()) {
  const Dictionary& dictionary = cells.words();
  entries.reserve(dictionary.size());
  for (std::size_t i = 0; i < dictionary.size(); ++i)
    entries.push_back(look_at(
        dictionary.text(i),
        dictionary.quoted(i) || std::ranges::find(named, dictionary.text(i)) != named.end()));
  cells.each(0, cells.size(), [&](double cell) {
    if (Cells::is_text(cell)) ++rows_of[Cells::entry(cell)];
    else {
      ++plain;
      nonzero += cell != 0;
    }
  });
  numbers = plain;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const bool word = entries[i] == Entry::word || entries[i] == Entry::infinite;
    different_words += word;
    (entries[i] == Entry::missing ? missing : word ? words : numbers) += rows_of[i];
  }
}

std::int64_t Facts::row_of(std::size_t entry) const {
  for (std::int64_t row = 0; row < cells.size(); ++row)
    if (const double cell = cells[row]; Cells::is_text(cell) && Cells::entry(cell) == entry)
      return row;
  return 0;
}

void Facts::refuse(std::size_t entry, std::string_view message) const {
  table.refuse(row_of(entry), column, fmt::format("column {}: {}", table.name_of(column), message));
}

std::int64_t Facts::distinct(std::int64_t most) const {
  std::int64_t count = 0;
  for (const Entry entry : entries) count += entry != Entry::missing;
  std::set<double> seen;
  for (std::int64_t row = 0; plain > 0 && row < cells.size(); ++row) {
    if (count + static_cast<std::int64_t>(seen.size()) >= most) return most;
    if (const double cell = cells[row]; !Cells::is_text(cell)) seen.insert(cell);
  }
  return count + static_cast<std::int64_t>(seen.size());
}

Pair boolean_pair(const Facts& facts) {
  static const std::array<Pair, 5> kPairs = {
      {{"false", "true"}, {"no", "yes"}, {"f", "t"}, {"n", "y"}, {"-", "+"}}};
  if (facts.plain > 0 || facts.different_words == 0) return {};
  for (const Pair& pair : kPairs) {
    bool fits = true;
    for (std::size_t i = 0; fits && i < facts.entries.size(); ++i) {
      if (facts.entries[i] == Entry::missing) continue;
      const std::string word = lower(facts.text(i));
      fits = word == pair.no || word == pair.yes;
    }
    if (fits) return pair;
  }
  return {};
}

void check_decimal(const std::string& decimal) {
  if (!decimal.empty() && decimal != "point" && decimal != "comma")
    throw_argument("--decimal", fmt::format("is {}; expected point or comma", excerpt(decimal)));
}

CellsOf::CellsOf(const Table& table, int column, bool decimal_comma)
    : own_(table.cells[static_cast<std::size_t>(column)]) {
  if (decimal_comma && own_.points && !own_.all_text) read_again_ = table.as_text(column);
}

}  // namespace downhill::detail
