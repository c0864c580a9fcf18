#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "downhill/io/json_reader.h"
#include "downhill/io/json_writer.h"
#include "downhill/tables/notation.h"

namespace downhill {

enum class ColumnKind { number, boolean, category, date, left_out };
std::string_view text_of(ColumnKind kind);

/// How one number becomes an input: (x - center) / scale, in double.
struct Scaling {
  double center = 0;    ///< the mean, or the median of a robust scaling
  double scale = 1;     ///< the population deviation, or IQR / 1.349
  double median = 0;    ///< stands for a missing value
  bool robust = false;  ///< heavy tails: deviation > 10 IQR / 1.349 > 0
};

/// One number that is made of a column: itself, or a part of a date.
struct ColumnPart {
  std::string
      name;  ///< "", or "year", "month", "day", "weekday", "day of year", "seconds", "elapsed"
  Scaling scaling;
};

/// What was learnt of one input column.
struct TableColumn {
  std::string name;
  ColumnKind kind = ColumnKind::number;
  std::string reason;                      ///< why it is left out
  Notation notation;                       ///< of numbers
  std::vector<std::string> missing_words;  ///< beside the usual ones
  std::vector<ColumnPart> parts;  ///< numbers, booleans, dates: inputs without the constant
  bool indicator = false;         ///< one more input: 1 where the cell is missing
  double low = 0, high = 0;       ///< range in the training rows (dates: seconds from 1970)
  std::int64_t missing = 0;       ///< training rows without a value
  // booleans
  std::string no, yes;  ///< in lower case
  // dates
  std::string date_order;  ///< "ymd", "dmy", "mdy", "month" (by its name), "time" (no date)
  // categories
  std::vector<std::string> levels;   ///< with at least 5 training rows, sorted
  std::vector<std::int64_t> counts;  ///< their training rows
  std::int64_t others = 0;           ///< training rows of levels below that, which share one slot
  bool missing_level = false;        ///< missing cells have a slot of their own
  bool embedded = false;             ///< one code instead of one number per slot

  /// What was done, in one line: "number, 12 to 79, 3 missing: the median 41 and an indicator".
  std::string sentence() const;
  /// "12 to 79", "2020-01-01 to 2021-06-30", "3 levels"; "" of one that is left out.
  std::string range() const;
  /// Inputs that the column becomes (a code is none).
  std::int64_t width() const;
  /// Of a category: levels, the shared slot where it has training rows (always if embedded), and
  /// missing cells.
  std::int64_t slots() const;
  /// Those that have training rows.
  std::int64_t trained_slots() const;
};

/// Two of these texts that differ in upper and lower case only; empty texts where there are none.
std::pair<std::string, std::string> same_but_for_case(const std::vector<std::string>& texts);

void write_column(JsonWriter& json, const TableColumn& column);
/// JsonError for what no `write_column` wrote.
TableColumn read_column(JsonView json);

}  // namespace downhill
