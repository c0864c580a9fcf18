#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "downhill/tables/detail/cells.h"

namespace downhill {

struct TableOptions {
  char separator = '\0';            ///< ',', ';', tab or another; NUL: found out from the text
  std::optional<bool> header = {};  ///< whether the first row holds names; empty: found out
  std::string asked = {};  ///< a column as the user calls it: a first row with it has names
  std::vector<std::string> expected = {};  ///< names of a model: a first row with them has names
  std::vector<std::string> only = {};      ///< names of the columns that are kept; empty: all
  std::vector<std::string> text = {};      ///< names of columns whose cells are all kept as text
  bool decimal_comma = false;  ///< what looks like 1.234 may be in thousands: kept as text
};

/// A CSV file as it stands, column by column: a cell is a number in the notation of C, or a text of
/// its column's dictionary. What the cells mean is decided by InputColumns and TargetColumn.
class Table {
 public:
  std::string file;  ///< as given, for messages
  std::vector<std::string>
      names;                  ///< "column_1", ... without a header; "unnamed" where it is empty
  std::vector<bool> unnamed;  ///< columns without a name of their own
  std::int64_t rows = 0;
  char separator = ',';
  bool header = false;
  std::int64_t underflows = 0;       ///< numbers too small for a double, read as 0
  std::string description;           ///< "1797 rows, 65 columns, separator ',', header: yes"
  std::vector<std::string> notes;    ///< what was decided and may be told otherwise
  std::string fingerprint;           ///< 16 hex digits: a hash of names and cells, rows in order
  std::vector<detail::Cells> cells;  ///< per column; empty where `only` does not name it
  TableOptions options;              ///< with which it was read

  int columns() const { return static_cast<int>(names.size()); }
  /// The line of a row in the file, from 1. Reads the file again.
  std::int64_t line_of(std::int64_t row) const;
  /// A column as a message has it: "'age'".
  std::string name_of(int column) const;
  /// FileError (data) "file:line:column: message" for a cell. Reads the file again.
  [[noreturn]] void refuse(std::int64_t row, int column, std::string_view message) const;
  /// "one column only; separators are comma, semicolon, tab" where that is likely; else "".
  std::string one_column_note() const;
  /// The column with every cell as it is written. Reads the file again unless that is at hand.
  detail::Cells as_text(int column) const;
  /// Frees the cells of a column that is no longer needed.
  void forget(int column) { cells[static_cast<std::size_t>(column)] = {}; }
};

/// Reads a comma-, semicolon- or tab-separated file of anything, in one pass (columns with numbers
/// such as 1.234,5 are read a second time, as text). Understands quotes as in RFC 4180, any line
/// ends, UTF-8 with or without a byte order mark, Excel's first line "sep=;". The first row holds
/// the names if some column has a word above nothing but numbers and dates, or if the first row has
/// no number and no date at all. Memory: 8 bytes per cell and the different texts of each column.
/// FileError (data) "file:line:column: what; expected; remedy" for rows of unequal length, names
/// that occur twice, what is no text.
Table read_table(const std::filesystem::path& path, const TableOptions& options = {});

/// The column of that name, else of that number counted from 1, as an index from 0. UsageError
/// with the nearest name where there is none.
int find_column(const Table& table, std::string_view name_or_number);

}  // namespace downhill
