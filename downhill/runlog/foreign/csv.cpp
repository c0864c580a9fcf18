#include <fmt/format.h>

#include <algorithm>

#include "downhill/core/error.h"
#include "downhill/io/input_file.h"
#include "downhill/io/utf8.h"
#include "downhill/runlog/foreign/log_table.h"

namespace downhill::foreign {
namespace {

/// Takes the cells of one row after the other.
class CsvRows {
 public:
  CsvRows(const std::string& file, std::string_view text) : file_(file), text_(text) {
    const std::string_view head = text.substr(0, text.find('\n'));
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
    for (; at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n'; ++at_)
      out += text_[at_];
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

void check_header(const std::string& file, const std::vector<std::string>& names) {
  if (std::ranges::all_of(names, [](const auto& n) { return n.empty() || number_from(n); }))
    refuse(file, 1, "no names of columns; expected a header such as step,loss");
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!names[i].empty() && std::find(names.begin(), names.begin() + static_cast<long>(i),
                                       names[i]) != names.begin() + static_cast<long>(i))
      refuse(file, 1, fmt::format("the column {} stands there twice", excerpt(names[i])));
}

bool blank(const std::vector<std::string>& cells) { return cells.size() == 1 && cells[0].empty(); }

bool absent(const std::string& cell) {
  return cell.empty() || cell == "NA" || cell == "N/A" || cell == "None" || cell == "null" ||
         cell == "-";
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
  CsvRows rows(table.file, rest);
  std::vector<std::string> names, cells;
  rows.next(names);
  check_header(table.file, names);
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < names.size(); ++i)
    columns.push_back(table.column(names[i].empty() ? fmt::format("column {}", i + 1) : names[i]));
  while (rows.next(cells)) {
    if (blank(cells)) continue;
    if (cells.size() > names.size())
      refuse(table.file, rows.line(),
             fmt::format("{} cells; the header has {}", cells.size(), names.size()));
    const std::size_t row = table.add_row(rows.line());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (absent(cells[i])) continue;
      if (const auto value = rows.number(cells[i])) table.set(row, columns[i], *value);
      else table.set_text(row, columns[i], cells[i]);
    }
  }
  return table;
}

}  // namespace downhill::foreign
