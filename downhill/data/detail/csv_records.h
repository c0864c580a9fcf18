#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "downhill/data/detail/csv_scanner.h"

namespace downhill::detail {

/// What is known of a table's first row before it is read.
struct HeaderHints {
  std::optional<bool> told = {};           ///< whether it holds names; empty: found out
  std::string asked = {};                  ///< a column as the user calls it, or its number
  std::vector<std::string> expected = {};  ///< names that it has if it has any
};

/// Whether the first of some rows holds names, and what to say of it: "" unless it is all numbers, or
/// numbers were taken for names.
struct HeaderFound {
  bool names = false;
  std::string note = {};
};
/// Names are words above values; a row of words alone; a row with the columns that were asked for;
/// whole numbers that rise by equal steps above columns that they do not fit (years, pandas' 0, 1,
/// 2). Decided from the columns of all these rows.
HeaderFound find_header(const std::vector<std::vector<std::string_view>>& rows,
                        const HeaderHints& hints);

/// A table's rows: names in front, then as many fields in each row as there are names. Empty lines
/// between rows are skipped, and so are rows that repeat the names cell by cell. Lines above the names
/// that are not as wide as the table (titles, comments, dates of an export) are left out.
class CsvRecords {
 public:
  /// Finds out what is left open. `unnamed`: names may be empty; "unnamed" stands for them.
  CsvRecords(const InputFile& file, char separator, const HeaderHints& hints, bool unnamed);

  const std::vector<std::string>& names() const { return names_; }
  const std::vector<bool>& unnamed() const { return unnamed_; }
  char separator() const { return separator_; }
  bool header() const { return header_; }
  std::string describe(
      std::int64_t rows) const;  ///< "4 rows, 2 columns, separator ',', header: no"

  /// The next field below the header; `column` is its index.
  std::optional<CsvField> next();
  std::size_t column() const { return column_; }

  std::string preamble_note() const;  ///< "" unless lines above the table were left out
  /// What was decided of a first row of numbers, and how to tell it otherwise; "" for other rows.
  const std::string& header_note() const { return header_note_; }
  /// Rows so far that repeat the names, and the line of the first.
  std::int64_t repeated() const { return repeated_; }
  std::int64_t repeated_line() const { return repeated_line_; }

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
  std::vector<std::vector<std::string_view>> texts(std::size_t from) const;
  void skip_preamble();
  void set_names(bool unnamed);
  void check_names(bool unnamed) const;
  std::optional<CsvField> field();
  std::optional<CsvField> scanned();
  bool repeats_header(const Record& cells) const;
  std::string preamble_text(const char* otherwise) const;
  void check(const CsvField& field);

  char separator_;
  CsvScanner scanner_;
  std::vector<Record> first_;  // the records that were looked at, or one that was read ahead
  std::size_t next_record_ = 0, next_cell_ = 0;
  std::vector<std::string> names_, header_cells_;
  std::vector<bool> unnamed_;
  bool header_ = false, preamble_skipped_ = false;
  std::string header_note_;
  std::int64_t repeated_ = 0, repeated_line_ = 0, preamble_end_ = 0;
  std::size_t column_ = 0, next_column_ = 0;
  std::int64_t first_line_ = 1, blank_line_ = 0, rows_ = 0;
};

/// Whether a cell is a number, a date, a percentage ...: a digit and no word.
bool looks_like_value(std::string_view text);

/// The separator that the first line "sep=;" of Excel tells; NUL: there is no such line.
char told_separator(const InputFile& file);

}  // namespace downhill::detail
