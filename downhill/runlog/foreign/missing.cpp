#include "downhill/runlog/foreign/missing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "downhill/io/utf8.h"

namespace downhill::foreign {
namespace {

using Cells = LogTable::Cells;

bool comes_and_goes(const Cells& cells) {
  int begins = 0;
  bool before = true;
  for (const auto& cell : cells) {
    if (!cell) continue;
    const bool gap = std::isnan(*cell);
    begins += gap && !before ? 1 : 0;
    before = gap;
  }
  return begins >= 2;
}

// Whether two rows tell the same columns, but for one.
bool alike(const LogTable& table, std::size_t but, std::size_t row, std::size_t other) {
  const auto tells = [](const auto& cell) { return cell && !std::isnan(*cell); };
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    if (c != but && tells(table.columns[c][row]) != tells(table.columns[c][other])) return false;
  return true;
}

// The rows whose NaN is one: few of them, each of which tells all else that a row with a loss tells.
std::vector<std::size_t> numbers_lost(const LogTable& table, std::size_t c) {
  constexpr std::size_t kFew = 10;
  std::vector<std::size_t> lost;
  std::size_t finite = 0, last = 0;
  for (std::size_t row = 0; row < table.rows; ++row) {
    const auto& cell = table.columns[c][row];
    if (!cell) continue;
    if (std::isnan(*cell) && finite > 0 && alike(table, c, row, last)) lost.push_back(row);
    if (!std::isnan(*cell)) last = row, ++finite;
  }
  if (kFew * lost.size() > finite) lost.clear();
  return lost;
}

void drop_gaps(LogTable& table, std::size_t c, bool training) {
  Cells& cells = table.columns[c];
  if (!comes_and_goes(cells)) return;
  const auto lost = training ? numbers_lost(table, c) : std::vector<std::size_t>();
  for (auto& cell : cells)
    if (cell && std::isnan(*cell)) cell.reset();
  for (const std::size_t row : lost) cells[row] = std::nan("");
}

std::ptrdiff_t told(const Cells& cells, std::size_t from, std::size_t to) {
  return std::count_if(cells.begin() + static_cast<long>(from),
                       cells.begin() + static_cast<long>(to),
                       [](const auto& cell) { return cell.has_value(); });
}

// The first row of the end on which the column tells nothing, where that is no gap as those before.
std::size_t end_of(const Cells& cells, std::size_t rows) {
  constexpr std::size_t kValues = 2, kTail = 3, kGaps = 3, kShare = 10;
  std::size_t end = 0, gap = 0, values = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    if (!cells[row]) continue;
    if (values++ > 0) gap = std::max(gap, row - end);
    end = row + 1;
  }
  const std::size_t tail = rows - end;
  const bool gone =
      values >= kValues && tail >= kTail && kShare * tail >= rows && tail > kGaps * (gap + 1);
  return gone ? end : rows;
}

// Whether steps or epochs count on from that row; in a log without these, whether what came with the
// loss is still there.
bool goes_on(const LogTable& table, const Columns& columns, std::size_t loss, std::size_t end) {
  const auto rows = static_cast<std::ptrdiff_t>(table.rows - end);
  bool counted = false, alone = true, with_loss = false;
  for (const Role role : {Role::epoch, Role::step}) {
    const auto c = columns.of(role);
    if (!c || told(table.columns[*c], 0, end) == 0) continue;
    counted = true;
    const Cells& cells = table.columns[*c];
    std::optional<double> last;
    for (std::size_t row = 0; row < end; ++row)
      if (cells[row]) last = cells[row];
    const auto further = std::count_if(cells.begin() + static_cast<long>(end), cells.end(),
                                       [&](const auto& cell) { return cell && *cell > *last; });
    if (2 * further >= rows) return true;
  }
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (c == loss) continue;
    const auto later = told(table.columns[c], end, table.rows);
    alone = alone && later == 0;
    with_loss = with_loss || (2 * later >= rows && told(table.columns[c], 0, end) > 0);
  }
  return !counted && (alone || with_loss);
}

// Another phase of training tells what was not told before.
bool something_new(const LogTable& table, std::size_t end) {
  return std::ranges::any_of(table.columns, [&](const Cells& cells) {
    return told(cells, 0, end) == 0 && told(cells, end, table.rows) > 0;
  });
}

// Whether the training loss is lost there too: told as not finite, or no more at all.
bool lost(const Cells& losses, std::size_t from) {
  return told(losses, from, losses.size()) == 0 ||
         std::any_of(losses.begin() + static_cast<long>(from), losses.end(),
                     [](const auto& cell) { return cell && !std::isfinite(*cell); });
}

void settle_end(LogTable& table, const Columns& columns, std::size_t c, bool validation) {
  Cells& cells = table.columns[c];
  const std::size_t end = end_of(cells, table.rows);
  if (end == table.rows || something_new(table, end) || !goes_on(table, columns, c, end)) return;
  const auto training = columns.of(Role::loss);
  const bool gone = !validation || !training || lost(table.columns[*training], end);
  if (gone) std::fill(cells.begin() + static_cast<long>(end), cells.end(), std::nan(""));
  table.notes.push_back(fmt::format(
      "{}: the last {} of {} rows, from {}, have no {}, and the log goes on: {}", table.file,
      table.rows - end, table.rows, table.place(end), excerpt(table.names[c]),
      gone ? "taken as NaN, which pandas writes as an empty cell and JavaScript as null; if it was "
             "not logged there, leave these rows out"
           : "taken as not measured there; if it was NaN, as pandas writes it as an empty cell and "
             "JavaScript as null, write NaN"));
}

}  // namespace

void settle_missing(LogTable& table, const Columns& columns) {
  for (auto& column : table.columns) column.resize(table.rows);
  for (const Role role :
       {Role::loss, Role::epoch_loss, Role::val_loss, Role::val_accuracy, Role::val_f1})
    if (const auto c = columns.of(role)) drop_gaps(table, *c, role == Role::loss);
  for (const Role role : {Role::loss, Role::val_loss})
    if (const auto c = columns.of(role); c && !table.texts.contains(*c))
      settle_end(table, columns, *c, role == Role::val_loss);
}

}  // namespace downhill::foreign
