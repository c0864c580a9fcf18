#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "downhill/data/detail/csv_scanner.h"

namespace downhill::detail {

/// A table's rows: names in front, then as many fields in each row as there are names. Empty lines
/// between rows are skipped.
class CsvRecords {
 public:
  /// Finds out what is left open. `unnamed`: names may be empty; "unnamed" stands for them.
  CsvRecords(const InputFile& file, char separator, std::optional<bool> header, bool unnamed);

  const std::vector<std::string>& names() const { return names_; }
  const std::vector<bool>& unnamed() const { return unnamed_; }
  char separator() const { return separator_; }
  bool header() const { return header_; }
  std::string describe(
      std::int64_t rows) const;  ///< "4 rows, 2 columns, separator ',', header: no"

  /// The next field below the header; `column` is its index.
  std::optional<CsvField> next();
  std::size_t column() const { return column_; }

  [[noreturn]] void refuse(const CsvField& field, std::string_view message) const {
    scanner_.refuse(field.line, field.column, message);
  }

 private:
  struct Cell {
    std::string text;
    std::int64_t line, column;
    bool quoted;
  };
  using Record = std::vector<Cell>;

  Record record();
  bool looks_like_header() const;
  void set_names(bool unnamed);
  void check_names(bool unnamed) const;
  std::optional<CsvField> field();
  void check(const CsvField& field);

  char separator_;
  CsvScanner scanner_;
  std::vector<Record> first_;  // the records that were looked at
  std::size_t next_record_ = 0, next_cell_ = 0;
  std::vector<std::string> names_;
  std::vector<bool> unnamed_;
  bool header_ = false;
  std::size_t column_ = 0, next_column_ = 0;
  std::int64_t first_line_ = 1, blank_line_ = 0, rows_ = 0;
};

/// Whether a cell is a number, a date, a percentage ...: a digit and no word.
bool looks_like_value(std::string_view text);

/// The separator that the first line "sep=;" of Excel tells; NUL: there is no such line.
char told_separator(const InputFile& file);

}  // namespace downhill::detail
