#include "downhill/data/detail/csv_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "downhill/data/detail/csv_number.h"
#include "downhill/io/utf8.h"

namespace downhill::detail {
namespace {

constexpr std::size_t kMostColumns = 10'000'000;
constexpr std::size_t kLookedRecords = 100;
constexpr std::size_t kLookedCells = 100'000;  // at least two records are looked at

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

CsvRecords::CsvRecords(const InputFile& file, char separator, const HeaderHints& hints,
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
  if (hints.told.value_or(true)) skip_preamble();
  HeaderFound found = find_header(texts(0), hints);
  header_ = found.names;
  header_note_ = std::move(found.note);
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

// What was looked at, from a record on.
std::vector<std::vector<std::string_view>> CsvRecords::texts(std::size_t from) const {
  std::vector<std::vector<std::string_view>> texts(first_.size() - from);
  for (std::size_t r = 0; r < texts.size(); ++r)
    for (const Cell& cell : first_[from + r]) texts[r].push_back(cell.text);
  return texts;
}

// Lines above the table are not as wide as most, or begin with #, and a row of names follows them. The
// names decide alone, whatever is told of the table: it is cut alike when it is read again.
void CsvRecords::skip_preamble() {
  std::map<std::size_t, std::size_t> rows_of_width;
  for (const Record& each : first_) ++rows_of_width[each.size()];
  const auto usual = std::max_element(rows_of_width.begin(), rows_of_width.end(),
                                      [](auto& a, auto& b) { return a.second < b.second; });
  const std::size_t width = usual->first;
  if (width == first_[0].size() || 2 * usual->second <= first_.size()) return;
  const auto wide = [width](const Record& record) { return record.size() == width; };
  const auto table = std::ranges::find_if(
      first_, [&](const Record& r) { return wide(r) && !r[0].text.starts_with('#'); });
  const auto first_wide = std::ranges::find_if(first_, wide);
  // Where the names themselves begin with #, they are the last such line.
  for (const auto names : {table, table - 1}) {
    if (names < first_wide || names == first_.end()) continue;
    if (!find_header(texts(static_cast<std::size_t>(names - first_.begin())), {}).names) continue;
    preamble_end_ = (*names)[0].line;
    preamble_skipped_ = true;
    first_.erase(first_.begin(), names);
    return;
  }
  // A header alone that lacks one name: rows end with a separator, or begin with names of their own.
  if (width != first_[0].size() + 1 || width != first_[1].size())
    preamble_end_ = (*first_wide)[0].line;
}

void CsvRecords::set_names(bool unnamed) {
  const Record& first = first_[0];
  for (std::size_t i = 0; i < first.size(); ++i)
    names_.push_back(header_ ? std::string(trimmed(first[i].text))
                             : fmt::format("column_{}", i + 1));
  unnamed_.assign(first.size(), !header_);
  if (!header_) return;
  header_cells_ = names_;
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

std::string CsvRecords::preamble_note() const {
  if (!preamble_skipped_) return "";
  return preamble_end_ == 2
             ? "line 1 above the table is left out"
             : fmt::format("lines 1 to {} above the table are left out", preamble_end_ - 1);
}

// The record that begins with this field, whether from the file or from what was looked at.
bool CsvRecords::repeats_header(const Record& cells) const {
  return header_ && cells.size() == header_cells_.size() && cells.size() > 1 &&
         std::equal(cells.begin(), cells.end(), header_cells_.begin(),
                    [](const Cell& cell, const std::string& name) {
                      return cell.column > 0 && trimmed(cell.text) == name;
                    });
}

// The next field from the file, unless it may begin a row that repeats the header: such a row is
// read ahead as a whole.
std::optional<CsvField> CsvRecords::scanned() {
  if (!first_.empty()) first_ = {}, next_record_ = 0;
  std::optional<CsvField> next = scanner_.next();
  if (!next || next->blank || next->last || !header_ || next_column_ > 0 ||
      trimmed(next->text) != header_cells_[0])
    return next;
  Record ahead;
  for (; next; next = scanner_.next()) {
    ahead.push_back({std::string(next->text), next->line, next->column, next->quoted});
    if (next->last) break;
  }
  first_.push_back(std::move(ahead));
  return {};
}

std::optional<CsvField> CsvRecords::field() {
  for (;;) {
    if (next_record_ == first_.size()) {
      const auto next = scanned();
      if (next || first_.empty()) return next;
    }
    const Record& from = first_[next_record_];
    if (next_cell_ > 0 || next_column_ > 0 || !repeats_header(from)) break;
    if (repeated_++ == 0) repeated_line_ = from[0].line;
    ++next_record_;
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
    refuse(found, fmt::format("field {} is one too many; expected {} field{} as in line {}; {}",
                              column_ + 1, columns, columns == 1 ? "" : "s", first_line_,
                              preamble_text("is there a separator at the end of the line, or a "
                                            "comma in a number?")));
  if (!found.last) return;
  next_column_ = 0;
  ++rows_;
  if (column_ + 1 < columns)
    refuse(found, fmt::format("the row ends after field {}; expected {} fields as in line {}; {}",
                              column_ + 1, columns, first_line_,
                              preamble_text("complete or remove the row")));
}

std::string CsvRecords::preamble_text(const char* otherwise) const {
  if (preamble_end_ == 0 || preamble_skipped_) return otherwise;
  return fmt::format(
      "the first lines look like a preamble: line {} has the first row of the usual "
      "width; remove the lines above it",
      preamble_end_);
}

}  // namespace downhill::detail
