#include "downhill/tables/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "downhill/data/csv.h"
#include "downhill/data/detail/csv_number.h"
#include "downhill/data/detail/csv_records.h"
#include "downhill/io/utf8.h"
#include "downhill/tables/detail/hash.h"
#include "downhill/tables/detail/number_text.h"

namespace downhill {
namespace {

using detail::Cells;
using detail::CsvField;
using detail::CsvRecords;
using detail::NumberText;

// What the name of a column says about how its cells are kept.
enum class Keep : std::uint8_t { not_at_all, as_it_is, as_text };

std::vector<Keep> keeping(const std::vector<std::string>& names, const TableOptions& options) {
  const std::set<std::string_view> only(options.only.begin(), options.only.end());
  const std::set<std::string_view> text(options.text.begin(), options.text.end());
  std::vector<Keep> result;
  result.reserve(names.size());
  for (const std::string& name : names)
    result.push_back(!only.empty() && !only.contains(name) ? Keep::not_at_all
                     : text.contains(name)                 ? Keep::as_text
                                                           : Keep::as_it_is);
  return result;
}

// A point that may stand between thousands: one to three digits, not 0 in front, then three.
bool may_be_thousands(std::string_view text, std::size_t point) {
  if (text[0] == '-' || text[0] == '+') {
    text.remove_prefix(1);
    --point;
  }
  return point >= 1 && point <= 3 && text[0] != '0' && text.size() == point + 4 &&
         text.find_first_of("eE") == text.npos;
}

class Reader {
 public:
  Reader(const InputFile& file, const TableOptions& options)
      : records_(file, options.separator, {options.header, options.asked, options.expected}, true),
        keep_(keeping(records_.names(), options)) {
    table_.file = file.name();
    table_.names = records_.names();
    table_.unnamed = records_.unnamed();
    table_.separator = records_.separator();
    table_.header = records_.header();
    table_.options = options;
    table_.cells.resize(table_.names.size());
    for (const std::string& name : table_.names) hash_ = detail::hash(hash_, name);
    for (std::size_t i = 0; i < keep_.size(); ++i)
      table_.cells[i].all_text = keep_[i] == Keep::as_text;
  }

  Table read() {
    while (const auto field = records_.next()) {
      const std::string_view text = detail::trimmed(field->text);
      hash_ = detail::hash(hash_, text);
      add(*field, text);
      table_.rows += field->last;
    }
    for (Cells& cells : table_.cells) cells.finish();
    table_.fingerprint = fmt::format("{:016x}", hash_);
    table_.description = records_.describe(table_.rows);
    for (const std::string& note :
         {records_.preamble_note(), records_.header_note(), table_.one_column_note()})
      if (!note.empty()) table_.notes.push_back(note);
    if (const std::int64_t n = records_.repeated(); n > 0)
      table_.notes.push_back(fmt::format(
          "{} row{} the header and {} left out, the first in line {}", n,
          n == 1 ? " repeats" : "s repeat", n == 1 ? "is" : "are", records_.repeated_line()));
    if (table_.underflows > 0)
      table_.notes.push_back(fmt::format("{} number{} too small for a double, read as 0",
                                         table_.underflows,
                                         table_.underflows == 1 ? " is" : "s are"));
    return std::move(table_);
  }

 private:
  void add(const CsvField& field, std::string_view text) {
    const std::size_t column = records_.column();
    Cells& cells = table_.cells[column];
    if (keep_[column] == Keep::not_at_all) return;
    double number = 0;
    const NumberText kind =
        keep_[column] == Keep::as_text ? NumberText::text : detail::read_number(text, number);
    if (kind != NumberText::number && kind != NumberText::underflow)
      return add_text(field, text, cells);
    table_.underflows += kind == NumberText::underflow;
    if (!cells.other_points) {
      if (const std::size_t point = text.find('.'); point != text.npos) {
        cells.points = true;
        cells.other_points = !may_be_thousands(text, point);
      }
    }
    if (cells.code_width != Cells::kNoCode) look_for_codes(text, cells);
    cells.add(number);
  }

  // Digits alone, as many as in the cells before.
  static void look_for_codes(std::string_view text, Cells& cells) {
    const auto width = static_cast<std::uint32_t>(text.size());
    const bool digits =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || (cells.code_width != 0 && cells.code_width != width))
      cells.code_width = Cells::kNoCode;
    else cells.code_width = width;
    cells.zero_in_front |= text[0] == '0';
  }

  void add_text(const CsvField& field, std::string_view text, Cells& cells) const {
    const std::size_t known = cells.words().size();
    cells.add(text, field.quoted);
    if (cells.words().size() > known && invalid_utf8(text))
      records_.refuse(field,
                      fmt::format("the text {} is not UTF-8; expected text; save the file as UTF-8",
                                  excerpt(text)));
  }

  CsvRecords records_;
  std::vector<Keep> keep_;
  Table table_;
  std::uint64_t hash_ = 0;
};

Table read_once(const std::filesystem::path& path, const TableOptions& options) {
  const InputFile file(path, FileError::Kind::data);
  detail::refuse_binary(file);
  return Reader(file, options).read();
}

// Whether a cell that is no number of C may be one with a decimal comma.
bool has_comma_number(const Cells& cells) {
  const auto& words = cells.words();
  for (std::size_t i = 0; i < words.size(); ++i) {
    detail::NumberParts parts;
    if (detail::split_number(words.text(i), parts) &&
        detail::meanings(parts.digits, detail::kCommaMeanings) != 0)
      return true;
  }
  return false;
}

// The same table again; the file must not have changed.
Table read_again(const Table& table, const std::vector<std::string>& columns) {
  Table again = read_once(
      table.file,
      {.separator = table.separator, .header = table.header, .only = columns, .text = columns});
  if (again.fingerprint != table.fingerprint)
    throw FileError(FileError::Kind::data,
                    fmt::format("{}: the file changed while it was read; expected it to stay; "
                                "begin again",
                                table.file));
  return again;
}

struct Place {
  std::int64_t line, column;
};

// Where a cell begins in the file; of column 0 the row.
Place find_place(const Table& table, std::int64_t row, std::size_t column) {
  const InputFile file(table.file, FileError::Kind::data);
  CsvRecords records(file, table.separator, {.told = table.header}, true);
  std::int64_t at = 0;
  while (const auto field = records.next()) {
    if (at == row && records.column() == column) return {field->line, field->column};
    at += field->last;
  }
  return {0, 0};
}

}  // namespace

Table read_table(const std::filesystem::path& path, const TableOptions& options) {
  detail::check_separator("read_table", options.separator);
  Table table = read_once(path, options);
  std::vector<std::string> twice;
  for (std::size_t i = 0; i < table.cells.size(); ++i)
    if (table.cells[i].points && (options.decimal_comma || has_comma_number(table.cells[i])))
      twice.push_back(table.names[i]);
  if (twice.empty()) return table;
  Table again = read_again(table, twice);
  for (std::size_t i = 0; i < table.cells.size(); ++i)
    if (again.cells[i].all_text) table.cells[i] = std::move(again.cells[i]);
  return table;
}

std::int64_t Table::line_of(std::int64_t row) const { return find_place(*this, row, 0).line; }

std::string Table::name_of(int column) const {
  return excerpt(names[static_cast<std::size_t>(column)], 80);
}

void Table::refuse(std::int64_t row, int column, std::string_view message) const {
  const Place place = find_place(*this, row, static_cast<std::size_t>(column));
  throw FileError(FileError::Kind::data,
                  fmt::format("{}:{}:{}: {}", file, place.line, place.column, message));
}

std::string Table::one_column_note() const {
  if (names.size() != 1) return "";
  const auto is_cut = [](std::string_view text) { return text.find_first_of("| \t") != text.npos; };
  bool cut = is_cut(names[0]);
  const auto& words = cells[0].words();
  for (std::size_t i = 0; i < std::min<std::size_t>(words.size(), 100); ++i)
    cut |= is_cut(words.text(i));
  return cut ? "one column only; separators are comma, semicolon, tab" : "";
}

detail::Cells Table::as_text(int column) const {
  const auto i = static_cast<std::size_t>(column);
  return std::move(read_again(*this, {names[i]}).cells[i]);
}

int find_column(const Table& table, std::string_view name_or_number) {
  try {
    return detail::find_name(table.names, name_or_number, table.one_column_note());
  } catch (const UsageError& error) {  // of several files the one that lacks it
    throw UsageError(fmt::format("{}: {}", table.file, error.what()));
  }
}

}  // namespace downhill
