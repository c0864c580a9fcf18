#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "downhill/tables/column.h"
#include "downhill/tables/detail/date_text.h"
#include "downhill/tables/detail/facts.h"

namespace downhill::detail {

/// What the cells of a column of numbers, booleans or dates are in numbers: the number, 0 or 1, or
/// the moment; NaN where it is missing. Refuses what the column cannot hold.
class Values {
 public:
  Values(const Facts& facts, const TableColumn& column);
  double operator()(double cell) const {
    return Cells::is_text(cell) ? local_[Cells::entry(cell)] : cell;
  }
  /// Of a date: with the offset that the cell tells.
  double utc(double cell) const {
    return utc_.empty() || !Cells::is_text(cell) ? (*this)(cell) : utc_[Cells::entry(cell)];
  }

 private:
  bool put_moment(std::string_view text, const TableColumn& column, std::size_t entry);

  std::vector<double> local_;
  std::vector<double> utc_;  // of dates, once one tells an offset
};

/// One part of a date, from its `Values`.
double date_part(const std::string& part, double local, double utc);
/// All of them in order (a time alone has "seconds" only).
const std::vector<std::string>& date_parts();

/// What the cells of a category are: the index of a level, kUnseen or kMissing.
class Codes {
 public:
  static constexpr std::int64_t kUnseen = -1, kMissing = -2;
  Codes(const Facts& facts, const TableColumn& column);
  std::int64_t operator()(double cell) const {
    if (Cells::is_text(cell)) return words_[Cells::entry(cell)];
    const auto found = numbers_.find(cell == 0 ? 0 : cell);
    return found == numbers_.end() ? kUnseen : found->second;
  }

 private:
  std::vector<std::int64_t> words_;
  std::unordered_map<double, std::int64_t> numbers_;
};

/// A cell as a level: a number in its shortest form, else the text; nothing where it is missing.
std::optional<std::string> level_of(const Facts& facts, double cell);

unsigned order_of(const std::string& name);  ///< "ymd", "dmy", "mdy", "month", "time"; 0: unknown
std::string order_name(unsigned order);

}  // namespace downhill::detail
