#include "downhill/tables/detail/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "downhill/core/error.h"
#include "downhill/data/detail/csv_number.h"
#include "downhill/io/utf8.h"

namespace downhill::detail {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr double kDay = 86400;

struct Order {
  unsigned order;
  const char* name;
};
constexpr Order kOrders[] = {{kYearFirst, "ymd"},
                             {kDayFirst, "dmy"},
                             {kMonthFirst, "mdy"},
                             {kNamedMonth, "month"},
                             {kTimeOnly, "time"}};

std::string expected(const TableColumn& column) {
  if (column.kind == ColumnKind::boolean) return column.no + " or " + column.yes;
  if (column.kind == ColumnKind::date)
    return column.date_order == "time" ? "a time such as 12:30"
                                       : fmt::format("a date ({})", column.date_order);
  const std::string notation = describe(column.notation);
  return notation.empty() ? "a number such as -1.5e3" : fmt::format("a number ({})", notation);
}

bool is_boolean(std::string_view text, const TableColumn& column, double& value) {
  const std::string word = lower(text);
  value = word == column.yes ? 1 : 0;
  return word == column.yes || word == column.no;
}

}  // namespace

Values::Values(const Facts& facts, const TableColumn& column)
    : local_(facts.entries.size(), kNothing) {
  const bool date = column.kind == ColumnKind::date, boolean = column.kind == ColumnKind::boolean;
  const auto refusal = [&] {
    return fmt::format(
        "is not {}; expected what the training rows held; correct it or leave it "
        "empty",
        expected(column));
  };
  const bool percent = column.kind == ColumnKind::number && column.notation.percent;
  if (percent ? facts.nonzero > 0 : facts.plain > 0 && (date || boolean)) {
    std::int64_t row = 0;
    while (Cells::is_text(facts.cells[row]) || (percent && facts.cells[row] == 0)) ++row;
    facts.table.refuse(
        row, facts.column,
        fmt::format("column {}: '{}' {}", excerpt(column.name, 80), facts.cells[row], refusal()));
  }
  for (std::size_t i = 0; i < facts.entries.size(); ++i) {
    if (facts.entries[i] == Entry::missing) continue;
    const std::string_view text = facts.text(i);
    const auto& words = column.missing_words;
    if (std::find(words.begin(), words.end(), text) != words.end()) continue;
    const bool good = date      ? put_moment(text, column, i)
                      : boolean ? is_boolean(text, column, local_[i])
                                : downhill::read_number(text, column.notation, local_[i]);
    if (!good) facts.refuse(i, fmt::format("{} {}", excerpt(text), refusal()));
  }
}

bool Values::put_moment(std::string_view text, const TableColumn& column, std::size_t entry) {
  Moment moment;
  if (!read_date(text, order_of(column.date_order), moment)) return false;
  local_[entry] = moment.local;
  if (utc_.empty() && moment.utc != moment.local) utc_ = local_;
  if (!utc_.empty()) utc_[entry] = moment.utc;
  return true;
}

const std::vector<std::string>& date_parts() {
  static const std::vector<std::string> parts = {"year",        "month",   "day",    "weekday",
                                                 "day of year", "seconds", "elapsed"};
  return parts;
}

double date_part(const std::string& part, double local, double utc) {
  using namespace std::chrono;
  if (part == "elapsed") return utc;
  const double day = std::floor(local / kDay);
  if (part == "seconds") return local - day * kDay;
  const sys_days at{days(static_cast<int>(day))};
  const year_month_day date{at};
  if (part == "year") return static_cast<int>(date.year());
  if (part == "month") return static_cast<unsigned>(date.month());
  if (part == "day") return static_cast<unsigned>(date.day());
  if (part == "weekday") return weekday(at).iso_encoding();
  return static_cast<double>((at - sys_days(date.year() / January / 1)).count() + 1);
}

std::optional<std::string> level_of(const Facts& facts, double cell) {
  double number = cell;
  if (Cells::is_text(cell)) {
    const std::size_t entry = Cells::entry(cell);
    if (facts.entries[entry] == Entry::missing) return std::nullopt;
    const std::string_view text = facts.text(entry);
    if (read_number(text, number) != NumberText::number) return std::string(text);
  }
  return fmt::format("{}", number == 0 ? 0 : number);
}

Codes::Codes(const Facts& facts, const TableColumn& column) : words_(facts.entries.size()) {
  const auto place = [&](const std::optional<std::string>& level) -> std::int64_t {
    if (!level) return kMissing;
    const auto found = std::lower_bound(column.levels.begin(), column.levels.end(), *level);
    return found != column.levels.end() && *found == *level ? found - column.levels.begin()
                                                            : kUnseen;
  };
  std::vector<bool> known(words_.size());
  facts.cells.each(0, facts.cells.size(), [&](double cell) {
    if (!Cells::is_text(cell)) {
      // Only levels are kept: a column of new numbers costs nothing.
      if (numbers_.size() <= column.levels.size() && !numbers_.contains(cell == 0 ? 0 : cell))
        if (const std::int64_t code = place(level_of(facts, cell)); code >= 0)
          numbers_.emplace(cell == 0 ? 0 : cell, code);
      return;
    }
    const std::size_t entry = Cells::entry(cell);
    if (!known[entry]) words_[entry] = place(level_of(facts, cell));
    known[entry] = true;
  });
}

unsigned order_of(const std::string& name) {
  for (const Order& order : kOrders)
    if (name == order.name) return order.order;
  return 0;
}

std::string order_name(unsigned wanted) {
  for (const Order& order : kOrders)
    if (wanted == order.order) return order.name;
  return "";
}

}  // namespace downhill::detail
