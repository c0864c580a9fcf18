// InputColumns::learn: kinds from all rows, everything else from the training rows.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

#include "downhill/core/error.h"
#include "downhill/io/utf8.h"
#include "downhill/tables/detail/decide.h"
#include "downhill/tables/detail/learn_scaling.h"
#include "downhill/tables/detail/values.h"
#include "downhill/tables/inputs.h"

namespace downhill {

void check_notation(const std::string& decimal, const std::string& date_order) {
  detail::check_decimal(decimal);
  if (!date_order.empty() && date_order != "dmy" && date_order != "mdy" && date_order != "ymd")
    throw_argument("--date-order",
                   fmt::format("is {}; expected dmy, mdy or ymd", excerpt(date_order)));
}

namespace {

using detail::Cells;
using detail::Facts;
using Rows = std::span<const std::int64_t>;

// What the options say about each column of the table.
struct Told {
  std::vector<bool> excluded, ignored, only, category, number;
  bool any_only = false;

  detail::As as(std::size_t column) const {
    return category[column] ? detail::As::category
           : number[column] ? detail::As::number
                            : detail::As::found_out;
  }

  Told(const Table& table, const std::vector<int>& without, const InputOptions& options)
      : excluded(table.names.size()), any_only(!options.only.empty()) {
    for (const int column : without) excluded[static_cast<std::size_t>(column)] = true;
    ignored = named(table, options.ignore);
    only = named(table, options.only);
    category = named(table, options.category);
    number = named(table, options.number);
    for (std::size_t i = 0; i < ignored.size(); ++i)
      if (ignored[i] + category[i] + number[i] > 1 || (ignored[i] && only[i]))
        throw_argument(ignored[i] ? "--ignore" : "--category",
                       fmt::format("names {}, and so does --{}; expected one of them",
                                   excerpt(table.names[i], 80),
                                   ignored[i] && only[i]       ? "only"
                                   : ignored[i] && category[i] ? "category"
                                                               : "number"));
  }

 private:
  static std::vector<bool> named(const Table& table, const std::vector<std::string>& columns) {
    std::vector<bool> result(table.names.size());
    for (const std::string& column : columns)
      result[static_cast<std::size_t>(find_column(table, column))] = true;
    return result;
  }
};

void check(const Table& table, const InputOptions& options, Rows rows) {
  check_notation(options.decimal, options.date_order);
  if (rows.empty()) throw_usage("inputs", "there is no training row; expected at least one");
  for (const std::int64_t row : rows)
    if (row < 0 || row >= table.rows)
      throw_usage("inputs", fmt::format("row {} is outside of {} rows", row, table.rows));
}

// The numbers that `of(cell)` gives in the training rows, without those that are missing.
template <class Of>
detail::NumberPieces training_numbers(const Cells& cells, Rows rows, Of of) {
  return [=, &cells](const std::function<void(std::span<const double>)>& take) {
    constexpr std::size_t kPiece = 1024;
    std::array<double, kPiece> numbers;
    std::size_t count = 0;
    for (const std::int64_t row : rows) {
      numbers[count] = of(cells[row]);
      count += numbers[count] == numbers[count] ? 1 : 0;
      if (count < kPiece) continue;
      take(numbers);
      count = 0;
    }
    take(std::span(numbers).first(count));
  };
}

// Adds an input unless it is constant; false if it is.
bool add_part(TableColumn& column, const std::string& name, const detail::LearntScaling& learnt) {
  if (learnt.constant()) return false;
  column.parts.push_back({name, learnt.scaling});
  return true;
}

std::string constant_text(const TableColumn& column) {
  if (column.kind == ColumnKind::boolean) return column.low == 0 ? column.no : column.yes;
  if (column.kind != ColumnKind::date) return fmt::format("{}", column.low);
  return column.date_order == "time" ? fmt::format("{} s", column.low)
                                     : detail::date_text(column.low);
}

void learn_numbers(TableColumn& column, const Facts& facts, Rows rows) {
  const detail::Values values(facts, column);
  const bool date = column.kind == ColumnKind::date;
  const detail::LearntScaling whole =
      detail::learn_scaling(training_numbers(facts.cells, rows, std::cref(values)));
  column.missing = static_cast<std::int64_t>(rows.size() - whole.count);
  if (whole.count == 0) return detail::leave_out(column, "no value in the training rows");
  column.low = whole.low;
  column.high = whole.high;
  column.indicator = column.missing > 0;
  if (!date) add_part(column, "", whole);
  else {
    const bool time = column.date_order == "time";
    for (const std::string& part : detail::date_parts()) {
      if (time && part != "seconds") continue;
      const auto part_of = [&](double cell) {
        const double local = values(cell);
        return local == local ? detail::date_part(part, local, values.utc(cell)) : local;
      };
      add_part(column, part, detail::learn_scaling(training_numbers(facts.cells, rows, part_of)));
    }
  }
  if (column.parts.empty() && !column.indicator)
    detail::leave_out(
        column, std::abs(column.low) >= 0x1p53 && !date
                    ? fmt::format("constant ({:.6g}) in the training rows as far as a double "
                                  "tells whole numbers apart (2^53, about 9e15)",
                                  column.low)
                    : fmt::format("constant ({}) in the training rows", constant_text(column)));
}

void learn_levels(TableColumn& column, const Facts& facts, Rows rows, bool embed) {
  std::vector<std::int64_t> words(facts.entries.size());
  std::unordered_map<double, std::int64_t> plain;
  for (const std::int64_t row : rows) {
    const double cell = facts.cells[row];
    ++(Cells::is_text(cell) ? words[Cells::entry(cell)] : plain[cell == 0 ? 0 : cell]);
  }
  std::map<std::string, std::int64_t> counts;
  std::vector<bool> looked(words.size());
  for (const auto& [number, count] : plain) counts[fmt::format("{}", number)] += count;
  for (const std::int64_t row : rows) {
    const double cell = facts.cells[row];
    if (!Cells::is_text(cell) || looked[Cells::entry(cell)]) continue;
    looked[Cells::entry(cell)] = true;
    const auto level = detail::level_of(facts, cell);
    (level ? counts[*level] : column.missing) += words[Cells::entry(cell)];
  }
  for (const auto& [level, count] : counts) {
    if (count < detail::kRowsOfALevel) {
      column.others += count;
      continue;
    }
    column.levels.push_back(level);
    column.counts.push_back(count);
  }
  column.missing_level = column.missing > 0;
  if (column.trained_slots() < 2)
    return detail::leave_out(
        column, counts.size() == 1 ? fmt::format("constant ({}) in the training rows",
                                                 excerpt(counts.begin()->first))
                : counts.empty()   ? "no value in the training rows"
                                   : fmt::format("none of its {} levels has {} training rows",
                                                 counts.size(), detail::kRowsOfALevel));
  column.embedded = embed && column.trained_slots() > detail::kMostOneHot;
}

}  // namespace

InputColumns InputColumns::learn(const Table& table, const std::vector<int>& excluded,
                                 const InputOptions& options, Rows train_rows) {
  check(table, options, train_rows);
  const Told told(table, excluded, options);
  InputColumns inputs;
  inputs.columns.reserve(table.names.size());
  std::vector<std::size_t> row_numbers;  // places in `columns`
  std::vector<int> numbers;
  bool commas = false;
  for (int i = 0; i < table.columns(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (table.cells[at].size() == 0) continue;
    if (told.excluded[at]) {
      const Facts facts(table, i, table.cells[at]);
      commas |= detail::has_decimal_commas(facts);
      if (facts.words == 0) numbers.push_back(i);
      continue;
    }
    TableColumn& column = inputs.columns.emplace_back();
    column.name = table.names[at];
    if (told.ignored[at]) detail::leave_out(column, "as told (--ignore)");
    else if (told.any_only && !told.only[at]) detail::leave_out(column, "not named by --only");
    if (column.kind == ColumnKind::left_out) continue;
    const detail::CellsOf cells(table, i, options.decimal == "comma");
    const Facts facts(table, i, *cells);
    detail::decide(column, facts, options, told.as(at), inputs.notes);
    if (column.kind == ColumnKind::left_out) continue;
    if (column.kind == ColumnKind::category) learn_levels(column, facts, train_rows, options.embed);
    else learn_numbers(column, facts, train_rows);
    if (column.kind != ColumnKind::number) continue;
    commas |= column.notation.decimal == ',';
    numbers.push_back(i);
    if (!told.only[at] && detail::is_row_number(facts))
      row_numbers.push_back(inputs.columns.size() - 1);
  }
  if (commas && options.decimal.empty()) detail::refuse_doubtful_points(table, numbers);
  const auto is_used = [](const TableColumn& c) { return c.kind != ColumnKind::left_out; };
  auto used = static_cast<std::size_t>(
      std::count_if(inputs.columns.begin(), inputs.columns.end(), is_used));
  for (auto at = row_numbers.rbegin(); at != row_numbers.rend() && used > 1; ++at, --used)
    detail::leave_out(inputs.columns[*at], "row numbers: it counts up by 1");
  if (used > 0) return inputs;
  std::string why;
  for (std::size_t i = 0; i < std::min<std::size_t>(inputs.columns.size(), 5); ++i)
    why += fmt::format("{}{}: {}", i > 0 ? "; " : "", excerpt(inputs.columns[i].name, 80),
                       inputs.columns[i].reason);
  const std::string note = table.one_column_note();
  throw DataError(fmt::format(
      "{}: there is no input column{}; expected at least one beside the target{}", table.file,
      !note.empty() ? ": the table has " + note
      : why.empty() ? ""
                    : " (" + why + ")",
      inputs.columns.size() > 5 ? "; the report lists the others" : ""));
}

}  // namespace downhill
