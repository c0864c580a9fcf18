// Whether a table's first row holds names.
#include <fmt/format.h>

#include <algorithm>

#include "downhill/data/detail/csv_number.h"
#include "downhill/data/detail/csv_records.h"
#include "downhill/io/utf8.h"

namespace downhill::detail {
namespace {

using Rows = std::vector<std::vector<std::string_view>>;

enum class Look { word, value, missing };

Look look(std::string_view text) {
  if (looks_like_value(text)) return Look::value;
  double ignored = 0;
  const NumberText kind = read_number(text, ignored);
  if (kind == NumberText::missing) return Look::missing;
  return kind == NumberText::text ? Look::word : Look::value;
}

// Without headers that come again, as CsvRecords leaves them out.
Rows without_copies(const Rows& rows) {
  Rows kept = {rows[0]};
  for (std::size_t r = 1; r < rows.size(); ++r)
    if (!std::equal(rows[r].begin(), rows[r].end(), rows[0].begin(), rows[0].end(),
                    [](auto a, auto b) { return trimmed(a) == trimmed(b); }))
      kept.push_back(rows[r]);
  return kept;
}

// Whether each cell of the first row stands in another row as well, which is no copy of it: names are
// not values of their own columns.
bool first_row_recurs(const Rows& rows) {
  for (std::size_t i = 0; i < rows[0].size(); ++i) {
    bool again = false;
    for (std::size_t r = 1; r < rows.size() && !again; ++r)
      again = i < rows[r].size() && trimmed(rows[r][i]) == trimmed(rows[0][i]);
    if (!again) return false;
  }
  return true;
}

// Names are words above values. Words above words say nothing unless the row holds nothing else: a
// table without header may hold labels.
bool words_are_names(const Rows& rows) {
  bool any_word = false, any_value = false;
  for (std::size_t i = 0; i < rows[0].size(); ++i) {
    const Look name = look(rows[0][i]);
    any_word |= name == Look::word;
    any_value |= name == Look::value;
    if (name != Look::word) continue;
    bool value_below = false, word_below = false;
    for (std::size_t r = 1; r < rows.size() && !word_below; ++r) {
      if (i >= rows[r].size()) continue;
      const Look below = look(rows[r][i]);
      value_below |= below == Look::value;
      word_below |= below == Look::word;
    }
    if (value_below && !word_below) return true;
  }
  return any_word && (!any_value || rows.size() == 1) && !first_row_recurs(rows);
}

bool is_whole(std::string_view text) {
  text = trimmed(text);
  return !text.empty() && text.size() <= 9 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

double number_of(std::string_view text) {
  double number = 0;
  read_number(text, number);
  return number;
}

// Whether a whole number in the first row may belong to the numbers below it: some of them are whole
// as well, and it lies no farther from them than they from each other.
bool fits_column(const Rows& rows, std::size_t i) {
  bool whole = false, any = false;
  double low = 0, high = 0;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    double number = 0;
    if (i >= rows[r].size() || read_number(rows[r][i], number) != NumberText::number) continue;
    whole |= is_whole(rows[r][i]);
    low = any ? std::min(low, number) : number;
    high = any ? std::max(high, number) : number;
    any = true;
  }
  const double name = number_of(rows[0][i]), range = high - low;
  return whole && name >= low - range && name <= high + range;
}

// Whole numbers as names: years, or the 0, 1, 2 of a table that was written without names.
bool numbers_are_names(const Rows& rows) {
  std::vector<std::size_t> places;
  bool words = false;
  for (std::size_t i = 0; i < rows[0].size(); ++i) {
    const Look name = look(rows[0][i]);
    if (name == Look::value && !is_whole(rows[0][i])) return false;
    if (name == Look::value) places.push_back(i);
    words |= name == Look::word;
  }
  if (places.size() < 2 || rows.size() < 2) return false;
  const auto at = [&](std::size_t k) { return number_of(rows[0][places[k]]); };
  const double step = at(1) - at(0);
  bool equal_steps = step > 0, years = true;
  for (std::size_t k = 0; k < places.size(); ++k) {
    if (k > 0) equal_steps &= at(k) - at(k - 1) == step;
    years &= at(k) >= 1500 && at(k) <= 2200;
  }
  if (!equal_steps) return false;
  const bool none_fits = std::none_of(places.begin(), places.end(),
                                      [&](std::size_t i) { return fits_column(rows, i); });
  const bool corner = trimmed(rows[0][0]).empty() &&
                      std::none_of(rows.begin() + 1, rows.end(), [](const auto& row) {
                        return row.empty() || trimmed(row[0]).empty();
                      });
  const bool counted = step == 1 && places.size() >= 3;
  if (corner) return none_fits || step == 1;
  if (words) return (none_fits && (step == 1 || places.size() >= 3 || years)) || (counted && years);
  return none_fits && (counted || (years && places.size() >= 3));
}

bool has_cell(const std::vector<std::string_view>& row, std::string_view name) {
  return std::any_of(row.begin(), row.end(),
                     [&](std::string_view cell) { return trimmed(cell) == name; });
}

// The column that the user asks for. What may be a column's number says nothing.
bool has_asked(const std::vector<std::string_view>& row, const std::string& asked) {
  const bool place = is_whole(asked) && number_of(asked) >= 1 &&
                     number_of(asked) <= static_cast<double>(row.size());
  return !asked.empty() && !place && has_cell(row, asked);
}

// All columns that a model knows.
bool has_expected(const std::vector<std::string_view>& row,
                  const std::vector<std::string>& expected) {
  return !expected.empty() &&
         std::all_of(expected.begin(), expected.end(),
                     [&](const std::string& name) { return has_cell(row, name); });
}

}  // namespace

bool looks_like_value(std::string_view text) {
  bool digit = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_digit = c >= '0' && c <= '9';
    // Letters of an exponent and of a time of day, between or behind digits.
    const bool between = i > 0 && text[i - 1] >= '0' && text[i - 1] <= '9' &&
                         std::string_view("eETZ").find(c) != std::string_view::npos;
    if (((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') && !between) return false;
    digit |= is_digit;
  }
  return digit;
}

HeaderFound find_header(const Rows& all, const HeaderHints& hints) {
  if (hints.told) return {*hints.told};
  const Rows rows = without_copies(all);
  if (words_are_names(rows) || has_expected(rows[0], hints.expected)) return {true};
  const bool by_numbers = numbers_are_names(rows);
  if (by_numbers || has_asked(rows[0], hints.asked)) {
    const auto number = std::find_if(rows[0].begin(), rows[0].end(), is_whole);
    if (number == rows[0].end()) return {true};
    return {true, fmt::format("the first row was taken for names, {} among them: {}; --no-header "
                              "makes it data",
                              excerpt(trimmed(*number)),
                              by_numbers ? "whole numbers that rise and do not fit their columns"
                                         : "it has the column that was asked for")};
  }
  if (first_row_recurs(rows) && std::all_of(rows[0].begin(), rows[0].end(),
                                            [](auto cell) { return look(cell) == Look::word; }))
    return {false,
            "the first row holds words of the rows below it and was read as data; --header makes "
            "it names"};
  const bool numbers = std::all_of(rows[0].begin(), rows[0].end(), [](std::string_view cell) {
    double ignored = 0;
    const NumberText kind = read_number(cell, ignored);
    return kind == NumberText::number || kind == NumberText::missing;
  });
  if (!numbers) return {};
  return {false, "the first row is all numbers and was read as data; --header makes it names"};
}

}  // namespace downhill::detail
