#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "downhill/tensor/tensor.h"

namespace downhill {

struct CsvOptions {
  char separator = '\0';            ///< ',', ';', tab or another; NUL: found out from the text
  std::optional<bool> header = {};  ///< whether the first row holds names; empty: found out
  /// Columns, by name or number from 1, that may hold text (class labels). One whose first value
  /// is a number holds numbers all the same.
  std::vector<std::string> text_columns = {};
  /// If not empty, the names of the columns that are read; the others may hold anything and are
  /// NaN.
  std::vector<std::string> only = {};
};

/// A table of numbers with named columns.
struct CsvTable {
  std::vector<std::string> names;  ///< "column_1", ... where the file has no header
  std::int64_t rows = 0;
  Tensor numbers;  ///< (rows, columns) float64; in a text column the place in `classes`
  std::map<int, std::vector<std::string>> classes;  ///< of each text column, from 0: sorted labels
  char separator = ',';
  bool header = false;
  std::int64_t underflows = 0;  ///< numbers too small for a double, read as 0
  std::string description;      ///< "1797 rows, 65 columns, separator ',', header: yes"
};

/// Reads comma-, semicolon- or tab-separated numbers: quotes as in RFC 4180, any line ends, UTF-8
/// with or without a byte order mark, numbers as C writes them (no locale). Missing values, text
/// outside of `text_columns`, nan, inf, overflow, rows of unequal length and what is no text at
/// all are refused: FileError (data) "file:line:column: what; expected; remedy". Linear time;
/// memory is the table and a few megabytes.
CsvTable read_csv(const std::filesystem::path& path, const CsvOptions& options = {});

/// The column of that name, else of that number counted from 1, as an index from 0. UsageError
/// with the nearest name where there is none.
int find_column(const CsvTable& table, std::string_view name_or_number);

namespace detail {
/// find_column over names; `note` goes in front of the message where there is one.
int find_name(const std::vector<std::string>& names, std::string_view name_or_number,
              std::string_view note = {});
/// UsageError for a separator that can stand in a number or ends a line or a field.
void check_separator(std::string_view operation, char separator);
}  // namespace detail

/// A text column's labels, row by row; UsageError if the column holds numbers.
std::vector<std::string> labels(const CsvTable& table, int column);

}  // namespace downhill
