#include "downhill/data/detail/csv_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "downhill/data/detail/csv_number.h"
#include "downhill/io/utf8.h"

namespace downhill::detail {
namespace {

constexpr std::size_t kMostColumns = 10'000'000;
constexpr std::size_t kLookedRecords = 100;
constexpr std::size_t kLookedCells = 100'000;  // at least two records are looked at

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

enum class Look { word, value, missing };

Look look(std::string_view text) {
  if (looks_like_value(text)) return Look::value;
  double ignored = 0;
  const NumberText kind = read_number(text, ignored);
  if (kind == NumberText::missing) return Look::missing;
  return kind == NumberText::text ? Look::word : Look::value;
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

CsvRecords::CsvRecords(const InputFile& file, char separator, std::optional<bool> header,
                       bool unnamed)
    : separator_(separator != '\0' ? separator : detect_separator(file)),
      scanner_(file, separator_) {
  if (told_separator(file) != '\0')
    while (const auto skipped = scanner_.next())
      if (skipped->last) break;
  std::size_t cells = 0;
  while (first_.size() < 2 || (first_.size() < kLookedRecords && cells < kLookedCells)) {
    first_.push_back(record());
    if (first_.back().empty()) break;
    cells += first_.back().size();
  }
  if (first_.back().empty()) first_.pop_back();
  if (first_.empty())
    scanner_.refuse(1, 1, "the file is empty; expected a table of numbers; check the name");
  header_ = header.value_or(looks_like_header());
  set_names(unnamed);
  first_line_ = first_[0][0].line;
  next_record_ = header_ ? 1 : 0;
}

// The next record that is no empty line; empty at the end of the file.
CsvRecords::Record CsvRecords::record() {
  Record cells;
  while (const auto next = scanner_.next()) {
    if (next->blank) {
      // Where it stands matters in a table of one column only: `check` looks at it again.
      if (first_.size() > 0 && first_[0].size() == 1) cells.push_back({"", next->line, 0, false});
      if (cells.empty()) continue;
      break;
    }
    cells.push_back({std::string(next->text), next->line, next->column, next->quoted});
    if (cells.size() > kMostColumns)
      scanner_.refuse(
          next->line, next->column,
          fmt::format("more than {} columns; expected fewer; does the line end?", kMostColumns));
    if (next->last) break;
  }
  return cells;
}

// Names are words above values. Words above words say nothing unless the row holds nothing else: a
// table without header may hold labels.
bool CsvRecords::looks_like_header() const {
  const Record& names = first_[0];
  bool any_word = false, any_value = false;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Look name = look(names[i].text);
    any_word |= name == Look::word;
    any_value |= name == Look::value;
    if (name != Look::word) continue;
    bool value_below = false, word_below = false;
    for (std::size_t r = 1; r < first_.size() && !word_below; ++r) {
      if (i >= first_[r].size()) continue;
      const Look below = look(first_[r][i].text);
      value_below |= below == Look::value;
      word_below |= below == Look::word;
    }
    if (value_below && !word_below) return true;
  }
  return any_word && (!any_value || first_.size() == 1);
}

void CsvRecords::set_names(bool unnamed) {
  const Record& first = first_[0];
  for (std::size_t i = 0; i < first.size(); ++i)
    names_.push_back(header_ ? std::string(trimmed(first[i].text))
                             : fmt::format("column_{}", i + 1));
  unnamed_.assign(first.size(), !header_);
  if (!header_) return;
  bool first_unnamed = true;
  for (std::size_t i = 0; unnamed && i < names_.size(); ++i) {
    if (!names_[i].empty()) continue;
    unnamed_[i] = true;
    names_[i] = first_unnamed ? "unnamed" : fmt::format("unnamed_{}", i + 1);
    first_unnamed = false;
  }
  check_names(unnamed);
}

void CsvRecords::check_names(bool unnamed) const {
  const Record& cells = first_[0];
  const auto refuse_name = [&](std::size_t i, std::string_view message) {
    scanner_.refuse(cells[i].line, cells[i].column, message);
  };
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (names_[i].empty() && !unnamed)
      refuse_name(i, fmt::format("the name of column {} is empty; expected a name in every "
                                 "column of the header",
                                 i + 1));
    if (std::any_of(names_[i].begin(), names_[i].end(), is_control) || invalid_utf8(names_[i]))
      refuse_name(i, fmt::format("the name {} is not UTF-8 text of one line; expected a plain "
                                 "name; save the file as UTF-8",
                                 excerpt(names_[i])));
  }
  std::vector<std::size_t> order(names_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return names_[a] < names_[b]; });
  for (std::size_t i = 1; i < order.size(); ++i)
    if (names_[order[i]] == names_[order[i - 1]])
      refuse_name(order[i], fmt::format("the name {} is also that of column {}; expected each "
                                        "name once; rename one",
                                        excerpt(names_[order[i]]), order[i - 1] + 1));
}

std::string CsvRecords::describe(std::int64_t rows) const {
  return fmt::format("{} rows, {} columns, separator {}, header: {}", rows, names_.size(),
                     names_.size() == 1   ? "none"
                     : separator_ == '\t' ? "tab"
                                          : fmt::format("'{}'", separator_),
                     header_ ? "yes" : "no");
}

std::optional<CsvField> CsvRecords::field() {
  if (next_record_ == first_.size()) {
    if (!first_.empty()) first_ = {}, next_record_ = 0;
    return scanner_.next();
  }
  const Record& from = first_[next_record_];
  const Cell& cell = from[next_cell_++];
  const bool last = next_cell_ == from.size();
  if (last) {
    ++next_record_;
    next_cell_ = 0;
  }
  const bool blank = cell.column == 0;
  return CsvField{cell.text, last, blank, cell.quoted, cell.line, cell.column};
}

std::optional<CsvField> CsvRecords::next() {
  for (;;) {
    const auto found = field();
    if (!found && rows_ == 0)
      scanner_.refuse(first_line_, 1, "there is no row below the header; expected at least one");
    if (!found) return found;
    if (found->blank) {
      blank_line_ = found->line;
      continue;
    }
    check(*found);
    return found;
  }
}

void CsvRecords::check(const CsvField& found) {
  const std::size_t columns = names_.size();
  if (columns == 1 && blank_line_ > first_line_ && found.line > blank_line_)
    scanner_.refuse(blank_line_, 1,
                    "an empty line in a table of one column is a missing value; "
                    "expected a number; fill it in or remove the line");
  column_ = next_column_++;
  if (column_ == columns)
    refuse(found, fmt::format("field {} is one too many; expected {} fields as in line {}; is "
                              "there a separator at the end of the line, or a comma in a "
                              "number?",
                              column_ + 1, columns, first_line_));
  if (!found.last) return;
  next_column_ = 0;
  ++rows_;
  if (column_ + 1 < columns)
    refuse(found, fmt::format("the row ends after field {}; expected {} fields as in line {}; "
                              "complete or remove the row",
                              column_ + 1, columns, first_line_));
}

}  // namespace downhill::detail
