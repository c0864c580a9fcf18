#include "downhill/tables/row_columns.h"

#include <fmt/format.h>

#include <unordered_map>

#include "downhill/io/utf8.h"
#include "downhill/tables/column.h"
#include "downhill/tables/detail/decide.h"
#include "downhill/tables/detail/values.h"

namespace downhill {
namespace {

using detail::Cells;
using detail::Entry;
using detail::Facts;

[[noreturn]] void refuse(const Facts& facts, std::int64_t row, const std::string& role,
                         std::string_view expected) {
  const double cell = facts.cells[row];
  const std::string text =
      Cells::is_text(cell) ? excerpt(facts.text(Cells::entry(cell))) : fmt::format("{}", cell);
  facts.table.refuse(row, facts.column,
                     fmt::format("{} {}: {} is not {}; expected one in every row; correct it or "
                                 "name another column",
                                 role, facts.table.name_of(facts.column), text, expected));
}

// The first row whose cell is not missing and not `kind`, or is missing.
void refuse_first(const Facts& facts, Entry kind, const std::string& role,
                  std::string_view expected) {
  for (std::int64_t row = 0; row < facts.cells.size(); ++row)
    if (const double cell = facts.cells[row];
        Cells::is_text(cell) && facts.entries[Cells::entry(cell)] != kind)
      refuse(facts, row, role, expected);
}

std::vector<double> values_of(const Facts& facts, const TableColumn& column) {
  const detail::Values values(facts, column);
  std::vector<double> result;
  result.reserve(static_cast<std::size_t>(facts.cells.size()));
  const bool date = column.kind == ColumnKind::date;
  facts.cells.each(0, facts.cells.size(),
                   [&](double cell) { result.push_back(date ? values.utc(cell) : values(cell)); });
  return result;
}

}  // namespace

std::vector<double> number_of_each_row(const Table& table, int column, const std::string& role,
                                       const std::string& decimal) {
  detail::check_decimal(decimal);
  const detail::CellsOf cells(table, column, decimal == "comma");
  const Facts facts(table, column, *cells);
  refuse_first(facts, Entry::number, role, "a number");
  TableColumn learnt;
  learnt.name = table.names[static_cast<std::size_t>(column)];
  learnt.notation = facts.notation(decimal);
  return values_of(facts, learnt);
}

std::vector<double> time_of_each_row(const Table& table, int column,
                                     const std::string& date_order) {
  const Facts facts(table, column, table.cells[static_cast<std::size_t>(column)]);
  const char* expected = "a number or a date";
  TableColumn learnt;
  learnt.name = table.names[static_cast<std::size_t>(column)];
  std::vector<std::string> notes;
  if (facts.values() > 0)
    detail::decide(learnt, facts, {.date_order = date_order}, detail::As::found_out, notes);
  const bool date = learnt.kind == ColumnKind::date;
  if (!date && learnt.kind != ColumnKind::number) refuse(facts, 0, "--split-by-time", expected);
  const std::vector<double> result = values_of(facts, learnt);
  for (std::size_t row = 0; row < result.size(); ++row)
    if (result[row] != result[row])
      refuse(facts, static_cast<std::int64_t>(row), "--split-by-time", expected);
  return result;
}

std::vector<std::int64_t> group_of_each_row(const Table& table, int column) {
  const Facts facts(table, column, table.cells[static_cast<std::size_t>(column)]);
  std::unordered_map<double, std::int64_t> of_number;
  std::vector<std::int64_t> of_entry(facts.entries.size(), -1), result;
  result.reserve(static_cast<std::size_t>(facts.cells.size()));
  std::int64_t next = 0;
  facts.cells.each(0, facts.cells.size(), [&](double cell) {
    if (!Cells::is_text(cell)) {
      const auto [found, added] = of_number.emplace(cell == 0 ? 0 : cell, next);
      next += added;
      return result.push_back(found->second);
    }
    const std::size_t entry = Cells::entry(cell);
    const bool known = facts.entries[entry] != Entry::missing && of_entry[entry] >= 0;
    if (!known) of_entry[entry] = next++;
    result.push_back(of_entry[entry]);
  });
  return result;
}

}  // namespace downhill
