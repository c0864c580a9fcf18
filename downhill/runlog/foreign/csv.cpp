#include <fmt/format.h>

#include <algorithm>

#include "downhill/core/error.h"
#include "downhill/io/input_file.h"
#include "downhill/io/utf8.h"
#include "downhill/runlog/foreign/log_table.h"
#include "downhill/runlog/foreign/plain_table.h"
#include "downhill/runlog/foreign/words.h"

namespace downhill::foreign {
namespace {

/// Takes the cells of one row after the other.
class CsvRows {
 public:
  CsvRows(const std::string& file, std::string_view text) : file_(file), text_(text) {
    const std::size_t begin = std::min(text.find_first_not_of("\r\n"), text.size());
    const std::string_view head = text.substr(begin, text.find('\n', begin) - begin);
    const auto count = [&](char c) { return std::ranges::count(head, c); };
    separator_ = count('\t') > count(',') ? '\t' : count(';') > count(',') ? ';' : ',';
  }
  bool next(std::vector<std::string>& cells) {
    cells.clear();
    if (at_ >= text_.size()) return false;
    line_ = next_line_;
    do {
      cells.push_back(cell());
    } while (at_ < text_.size() && text_[at_ - 1] == separator_);
    return true;
  }
  std::int64_t line() const { return line_; }
  /// A number, with a decimal comma where commas separate nothing.
  std::optional<double> number(const std::string& cell) const {
    const auto value = number_from(cell);
    if (value || separator_ == ',' || std::ranges::count(cell, ',') != 1) return value;
    std::string pointed = cell;
    pointed[cell.find(',')] = '.';
    return std::ranges::count(pointed, '.') == 1 ? number_from(pointed) : std::nullopt;
  }

 private:
  // The cell at the place; the place then is behind its separator or line end.
  std::string cell() {
    std::string out;
    if (text_[at_] == '"') {
      const std::int64_t begun = next_line_;
      for (++at_;; ++at_) {
        if (at_ >= text_.size()) refuse(file_, begun, "a quote that does not end");
        if (text_[at_] == '\n') ++next_line_;
        if (text_[at_] != '"') out += text_[at_];
        else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') out += text_[at_++];
        else break;
      }
      ++at_;
    }
    bool within = false;  // tensor(0.5, device='cuda:0')
    for (; at_ < text_.size() && (within || text_[at_] != separator_) && text_[at_] != '\n';
         ++at_) {
      within = text_[at_] == '(' ? names_a_type(out) : within && text_[at_] != ')';
      out += text_[at_];
    }
    if (at_ < text_.size() && text_[at_] == '\n') ++next_line_;
    ++at_;
    if (out.ends_with('\r')) out.pop_back();
    return out;
  }

  const std::string& file_;
  std::string_view text_;
  char separator_ = ',';
  std::size_t at_ = 0;
  std::int64_t line_ = 1, next_line_ = 1;
};

void check_header(const std::string& file, std::int64_t line,
                  const std::vector<std::string>& names) {
  if (std::ranges::all_of(names, [](const auto& n) { return n.empty() || number_from(n); }))
    refuse(file, line, "no names of columns; expected a header such as step,loss");
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!names[i].empty() && std::find(names.begin(), names.begin() + static_cast<long>(i),
                                       names[i]) != names.begin() + static_cast<long>(i))
      refuse(file, line, fmt::format("the column {} stands there twice", excerpt(names[i])));
}

bool blank(const std::vector<std::string>& cells) { return cells.size() == 1 && cells[0].empty(); }

bool absent(const std::string& cell) {
  static const WordSet kAbsent = {"na", "n/a", "#n/a", "<na>", "none", "null", "-", "--", "no log"};
  return cell.empty() || kAbsent.contains(in_small(cell));
}

void note_names_again(LogTable& table, std::int64_t line) {
  if (table.begins.empty())
    table.notes.push_back(
        fmt::format("{}: line {} repeats the names of the columns, as where a program appends; "
                    "such lines are left out",
                    table.file, line));
  table.begins.push_back(table.rows);
}

void add_rows(LogTable& table, CsvRows& rows, const std::vector<std::string>& names) {
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < names.size(); ++i)
    columns.push_back(table.column(names[i].empty() ? fmt::format("column {}", i + 1) : names[i]));
  for (std::vector<std::string> cells; rows.next(cells);) {
    if (blank(cells)) continue;
    if (std::ranges::equal(cells, names, {}, trimmed)) {
      note_names_again(table, rows.line());
      continue;
    }
    if (cells.size() > names.size())
      refuse(table.file, rows.line(),
             fmt::format("{} cells; the header has {}", cells.size(), names.size()));
    const std::size_t row = table.add_row(rows.line());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string cell(trimmed(cells[i]));
      if (absent(cell)) continue;
      if (const auto value = rows.number(cell)) table.set(row, columns[i], *value);
      else table.set_text(row, columns[i], cell);
    }
  }
}

}  // namespace

LogTable read_csv(const std::filesystem::path& path) {
  const std::string text = read_file(path, FileError::Kind::data, kMostTextBytes);
  LogTable table;
  table.file = path.string();
  std::string_view rest = text;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  if (rest.empty()) refuse(table.file, 0, "is empty; expected a log");
  if (const std::size_t zero = rest.find('\0'); zero != std::string_view::npos)
    refuse(table.file, 1 + std::ranges::count(rest.substr(0, zero), '\n'),
           "a byte 0; this is no text, and no log that is known");
  if (const auto bad = invalid_utf8(rest))
    refuse(table.file, 1 + std::ranges::count(rest.substr(0, *bad), '\n'), "is not UTF-8");
  int comments = 0;
  const std::optional<std::string> plain = plain_table(rest, comments);
  if (comments > 0)
    table.notes.push_back(
        fmt::format("{}: {} lines that begin with # are left out", table.file, comments));
  CsvRows rows(table.file, plain ? std::string_view(*plain) : rest);
  std::vector<std::string> names;
  while (rows.next(names) && blank(names)) {
  }
  for (std::string& name : names) name = std::string(trimmed(name));
  check_header(table.file, rows.line(), names);
  add_rows(table, rows, names);
  return table;
}

}  // namespace downhill::foreign
