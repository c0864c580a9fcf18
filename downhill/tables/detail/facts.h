#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "downhill/tables/notation.h"
#include "downhill/tables/table.h"

namespace downhill::detail {

/// What an entry of a column's dictionary can be, whatever the column turns out to hold.
enum class Entry : std::uint8_t {
  missing,   ///< empty, or NA, N/A, NaN, null, None, ? without quotes, in any case
  number,    ///< in some notation
  overflow,  ///< a number beyond 1.8e308
  infinite,  ///< inf, infinity
  word,
};

/// What the cells of a whole column are: the ground on which its kind is decided.
struct Facts {
  /// `named`: words that are values, though they may look like missing ones (a class "none").
  Facts(const Table& table, int column, const Cells& cells,
        std::span<const std::string> named = {});

  const Table& table;
  int column;
  const Cells& cells;
  std::vector<Entry> entries;         ///< of each entry of the dictionary
  std::vector<std::int64_t> rows_of;  ///< rows that hold it
  std::int64_t plain = 0;             ///< cells that are numbers of C
  std::int64_t nonzero = 0;           ///< of them
  std::int64_t missing = 0;           ///< rows
  std::int64_t numbers = 0;           ///< rows with a number in any notation, too large or not
  std::int64_t words = 0;             ///< rows with something else
  std::int64_t different_words = 0;

  std::int64_t values() const { return numbers + words; }
  std::string_view text(std::size_t entry) const { return cells.words().text(entry); }
  /// The first row of the column that holds this entry.
  std::int64_t row_of(std::size_t entry) const;
  /// Throws Table::refuse at that row.
  [[noreturn]] void refuse(std::size_t entry, std::string_view message) const;
  /// The different values: entries that are not missing, and different numbers (counted to `most`).
  std::int64_t distinct(std::int64_t most) const;

  /// The one notation of a column of numbers. Refused: an ambiguous one, two that contradict each
  /// other, infinite numbers. `decimal`: "", "point" or "comma" decides.
  Notation notation(const std::string& decimal) const;
};

/// A word for a missing value. In quotes only the empty text is one.
bool is_missing(std::string_view text, bool quoted);

/// {"no", "yes"} if these are the values of a column of booleans (any case); else empty texts.
struct Pair {
  std::string no, yes;
};
Pair boolean_pair(const Facts& facts);

/// Whether a cell is a number with a decimal comma, or with points between thousands, and nothing
/// else.
bool has_decimal_commas(const Facts& facts);

/// Refuses points that may lie between thousands, as in 1.234, where another column of the table
/// has decimal commas.
void refuse_doubtful_points(const Table& table, const std::vector<int>& columns);

/// "point", "comma" or "" as option --decimal; UsageError for something else.
void check_decimal(const std::string& decimal);

/// The texts of a column's cells as the notation needs them: `table`'s own, or read again.
class CellsOf {
 public:
  CellsOf(const Table& table, int column, bool decimal_comma);
  const Cells& operator*() const { return read_again_.size() > 0 ? read_again_ : own_; }

 private:
  const Cells& own_;
  Cells read_again_;
};

std::string lower(std::string_view text);

}  // namespace downhill::detail
