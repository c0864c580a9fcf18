#include "downhill/runlog/foreign/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "downhill/runlog/foreign/named_runs.h"
#include "downhill/runlog/foreign/places.h"

namespace downhill::foreign {
namespace {

using RowList = std::vector<std::size_t>;

RowList all_rows(const LogTable& table) {
  RowList rows(table.rows);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

bool sorted_as_text(const Places& places) {
  const bool steps =
      std::ranges::any_of(places.of_row, [](const Place& p) { return p.second != 0; });
  const auto text = [&](std::size_t i) {
    return fmt::format("{}", steps ? places.at(i).second : places.at(i).first);
  };
  for (std::size_t i = 1; i < places.trained.size(); ++i)
    if (text(i) < text(i - 1)) return false;
  return true;
}

// Whether the losses go on where the part before ended, rather than where the first began: then a
// step that begins anew begins an epoch, not a run.
bool losses_go_on(const Places& places, const RowList& starts) {
  const auto part = [&](std::size_t s) {
    const std::size_t end = s + 1 < starts.size() ? starts[s + 1] : places.trained.size();
    return std::span(places.losses).subspan(starts[s], end - starts[s]);
  };
  const auto begin_of = [](std::span<const double> losses) {
    return level(losses.first(few_of(losses.size())));
  };
  double anew = 0, on = 0;
  for (std::size_t s = 1; s < starts.size(); ++s) {
    const double begin = begin_of(part(s));
    anew += apart(begin, begin_of(part(0)));
    on += apart(begin, level(part(s - 1).last(few_of(part(s - 1).size()))));
  }
  return on < anew;
}

// What the order of the rows is.
enum class Order { as_it_ran, restarts, none };

Order order_of(const Places& places, const RowList& starts) {
  if (sorted_as_text(places)) return Order::none;
  std::set<Place> seen;
  for (std::size_t i = 0; i < places.trained.size(); ++i) seen.insert(places.at(i));
  const bool repeated = seen.size() < places.trained.size();
  const bool anew = std::ranges::all_of(
      starts, [&](std::size_t start) { return places.at(start) <= places.at(0); });
  // Rows in no order go back at every second row.
  const auto parts_of = [&](std::size_t rows) {
    return places.trained.size() >= rows * starts.size();
  };
  if (!repeated) {
    // Parts that lie side by side are one run whose parts were swapped.
    const bool inside = places.at(places.trained.size() - 1) > places.at(0);
    return anew && parts_of(4) && inside ? Order::restarts : Order::none;
  }
  // Nor is a run restarted that often: workers write their rows out of turn.
  const std::size_t shortest = starts.size() <= 2 ? 1 : starts.size() <= 10 ? 3 : 20;
  if (!anew && !parts_of(shortest)) return Order::none;
  const bool epochs = anew && !places.by_epoch_too && losses_go_on(places, starts);
  return epochs ? Order::as_it_ran : Order::restarts;
}

/// Goes through the parts of a log that begin where its place goes back.
class Restarts {
 public:
  Restarts(const LogTable& table, const Places& places) : table_(table), places_(places) {}

  void add(std::size_t start, std::size_t end) {
    const std::size_t begin = start == 0 ? 0 : begin_of(start);
    const std::size_t end_row = end == places_.trained.size() ? table_.rows : begin_of(end);
    if (start > 0 && (!first_ || places_.at(start) <= *first_)) {
      ++runs;
      kept.clear();
      first_.reset();
    } else if (start > 0) {
      back = back == 0 ? begin : back;
      repeated += static_cast<std::size_t>(std::erase_if(
          kept, [&](std::size_t row) { return !(places_.of_row[row] < places_.at(start)); }));
    }
    if (!first_) first_ = places_.at(start);
    for (std::size_t row = begin; row < end_row; ++row) kept.push_back(row);
  }

  RowList kept;
  std::size_t runs = 1, repeated = 0, back = 0;

 private:
  // Rows without a loss above the first that has one belong to it where their place does.
  std::size_t begin_of(std::size_t start) const {
    std::size_t row = places_.trained[start];
    while (row > places_.trained[start - 1] + 1 && places_.own[row - 1] &&
           places_.of_row[row - 1] <= places_.at(start))
      --row;
    return row;
  }

  const LogTable& table_;
  const Places& places_;
  std::optional<Place> first_;
};

void keep_last_part(LogTable& table, const Places& places, const RowList& starts,
                    const std::string& what) {
  Restarts parts(table, places);
  for (std::size_t s = 0; s < starts.size(); ++s)
    parts.add(starts[s], s + 1 < starts.size() ? starts[s + 1] : places.trained.size());
  if (parts.runs > 1)
    note_runs(table, parts.runs, what + " begins anew", parts.kept.front(), parts.kept.back());
  if (parts.repeated > 0)
    table.notes.push_back(
        fmt::format("{}: {} goes back at {}, as after a restart: of what is there twice the later "
                    "rows are examined, {} earlier ones are left out",
                    table.file, what, table.place(parts.back), parts.repeated));
  table.keep(parts.kept);
}

void sort_rows(LogTable& table, const Places& places) {
  RowList rows = all_rows(table);
  std::ranges::stable_sort(rows, {}, [&](std::size_t row) { return places.of_row[row]; });
  table.notes.push_back(fmt::format(
      "{}: the rows are not in the order of {}; they were put into it", table.file, places.name));
  table.keep(rows);
}

// Rows from the newest to the oldest are turned round; where a column names runs, within each.
bool turn_round(LogTable& table, const Places& places, const std::vector<int>& run_of) {
  std::map<int, Place> last;
  std::size_t back = 0, up = 0;
  for (std::size_t i = 0; i < places.trained.size(); ++i) {
    const auto [before, first] = last.try_emplace(run_of[places.trained[i]], places.at(i));
    back += !first && places.at(i) < before->second ? 1 : 0;
    up += !first && before->second < places.at(i) ? 1 : 0;
    before->second = places.at(i);
  }
  if (back < 2 || back < 10 * up) return false;
  RowList rows = all_rows(table);
  std::ranges::reverse(rows);
  table.notes.push_back(fmt::format(
      "{}: the rows go from the newest to the oldest; they were turned round", table.file));
  table.keep(rows);
  return true;
}

// Without steps and epochs only a header that is repeated tells where a run begins.
bool keep_below_header(LogTable& table, const Places& places) {
  RowList starts = {0};
  for (const std::size_t row : table.begins) {
    const auto at = std::ranges::lower_bound(places.trained, row) - places.trained.begin();
    if (at > 0 && at < std::ssize(places.trained) && static_cast<std::size_t>(at) > starts.back())
      starts.push_back(static_cast<std::size_t>(at));
  }
  if (starts.size() < 2 || losses_go_on(places, starts)) return false;
  RowList rows = all_rows(table);
  rows.erase(rows.begin(), rows.begin() + static_cast<long>(places.trained[starts.back()]));
  note_runs(table, starts.size(), "the names of the columns stand there again", rows.front(),
            rows.back());
  table.keep(rows);
  return true;
}

}  // namespace

bool keep_one_run(LogTable& table, const Columns& columns) {
  if (!columns.of(Role::loss)) return false;
  Places places = places_of(table, columns);
  std::vector<int> run_of = named_runs(table, columns);
  bool changed = places.known && turn_round(table, places, run_of);
  if (changed) {
    places = places_of(table, columns);
    run_of = named_runs(table, columns);
  }
  if (keep_last_named(table, columns, places, run_of)) {
    places = places_of(table, columns);
    changed = true;
  }
  if (!places.known) return keep_below_header(table, places) || changed;
  RowList starts = places.descents();
  if (starts.empty()) return changed;
  starts.insert(starts.begin(), 0);
  const Order order = order_of(places, starts);
  if (order == Order::as_it_ran) return changed;
  if (order == Order::none) sort_rows(table, places);
  else keep_last_part(table, places, starts, places.name);
  return true;
}

}  // namespace downhill::foreign
