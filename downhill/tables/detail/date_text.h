#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace downhill::detail {

/// How a column writes dates, as bits: what a cell allows is the or of them.
enum DateOrder : unsigned {
  kYearFirst = 1,   ///< 2024-12-31, 2024/12/31, 2024-12, 24-12-31
  kDayFirst = 2,    ///< 31.12.2024, 31/12/2024, 31-12-24
  kMonthFirst = 4,  ///< 12/31/2024
  kNamedMonth = 8,  ///< 31 Dec 2024, Dec 31, 2024, Dec 2024
  kTimeOnly = 16,   ///< 12:30, 12:30:15.5
};

/// Seconds from 1970-01-01 00:00 (of a time alone: from midnight).
struct Moment {
  double local = 0;  ///< as the clock shows
  double utc = 0;    ///< with the offset that the cell tells
};

/// The orders in which a text is a date or a time: an existing day from year 1 to 9999, with or
/// without a time of day (HH:MM, HH:MM:SS, HH:MM:SS.f, am, pm) behind a space or T, with or without
/// Z or an offset, with or without the name of the weekday before. Two digits of a year are 1969 to
/// 2068. Days stand in front of months and years where points lie between, unless only another order is
/// a date. 0: none.
unsigned date_orders(std::string_view text);

/// The first and the last of the three numbers of a date.
std::pair<int, int> date_ends(std::string_view text);

/// The date in one of these orders; false if it is none.
bool read_date(std::string_view text, unsigned order, Moment& moment);

/// "2024-12-31" or "2024-12-31 12:30:00".
std::string date_text(double seconds);

}  // namespace downhill::detail
