#include "downhill/runlog/foreign/named_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <string>

#include "downhill/io/utf8.h"
#include "downhill/runlog/foreign/words.h"

namespace downhill::foreign {
namespace {

/// The rows of a run, and which of them have a loss.
struct Run {
  std::vector<std::size_t> rows;
  std::vector<Place> places;
  std::vector<double> losses;
};

std::vector<Run> runs_of(const std::vector<int>& run_of, const Places& places) {
  std::vector<Run> runs(static_cast<std::size_t>(1 + std::ranges::max(run_of)));
  for (std::size_t row = 0; row < run_of.size(); ++row)
    if (run_of[row] >= 0) runs[static_cast<std::size_t>(run_of[row])].rows.push_back(row);
  for (std::size_t i = 0; i < places.trained.size(); ++i) {
    const int run = run_of[places.trained[i]];
    if (run < 0) continue;
    runs[static_cast<std::size_t>(run)].places.push_back(places.known ? places.at(i) : Place{});
    runs[static_cast<std::size_t>(run)].losses.push_back(places.losses[i]);
  }
  return runs;
}

// A run that was resumed under another name begins beyond the first place of the run before, and its
// losses go on from there rather than begin anew.
bool resumed(const Run& before, const Run& after) {
  if (before.losses.empty() || after.losses.empty()) return false;
  if (before.rows.back() > after.rows.front() || after.places[0] <= before.places[0]) return false;
  std::vector<double> losses;
  for (std::size_t i = 0; i < before.losses.size(); ++i)
    if (before.places[i] < after.places[0]) losses.push_back(before.losses[i]);
  constexpr std::size_t kLate = 4;  // a checkpoint is no older than a quarter of the run
  if (kLate * losses.size() < (kLate - 1) * before.losses.size()) return false;
  const std::size_t few = few_of(std::min(losses.size(), after.losses.size()));
  const auto end = std::span(losses).last(few);
  const double begins = level(std::span(after.losses).first(few));
  const double on = apart(begins, level(end));
  const bool beyond = losses.size() == before.losses.size();
  const double noise = std::ranges::max(end) - std::ranges::min(end);
  return on < apart(begins, level(std::span(losses).first(few))) || (beyond && on <= noise);
}

}  // namespace

void note_runs(LogTable& table, std::size_t runs, const std::string& why, std::size_t first,
               std::size_t last) {
  table.notes.push_back(
      fmt::format("{}: {} runs, for {}; the last is examined, {} to {}; for another leave only its "
                  "rows in the file",
                  table.file, runs, why, table.place(first), table.place(last)));
}

std::vector<int> named_runs(const LogTable& table, const Columns& columns) {
  std::vector<int> run_of(table.rows, -1);
  const auto column = columns.of(Role::run);
  if (!column) return run_of;
  std::map<std::string, int> numbers;
  int run = -1;
  for (std::size_t row = 0; row < table.rows; ++row) {
    if (const std::string word = table.word(row, *column); !word.empty())
      run = numbers.try_emplace(word, static_cast<int>(numbers.size())).first->second;
    run_of[row] = run;
  }
  return run_of;
}

bool keep_last_named(LogTable& table, const Columns& columns, const Places& places,
                     const std::vector<int>& run_of) {
  if (run_of.empty() || std::ranges::max(run_of) < 1) return false;
  const std::vector<Run> runs = runs_of(run_of, places);
  constexpr std::size_t kFewest = 3;  // rows of a run; else it is no curve
  std::size_t trained = 0, first = runs.size() - 1;
  for (const Run& run : runs) trained += run.losses.size();
  if (trained < kFewest * runs.size()) return false;
  const auto name = [&](std::size_t run) {
    return excerpt(table.word(runs[run].rows[0], *columns.of(Role::run)));
  };
  std::vector<std::size_t> kept = runs[first].rows;
  // Seeds, folds and trials are runs of their own whatever their places are.
  const std::string column = in_small(table.names[*columns.of(Role::run)]);
  const bool one_job = column.find("run") != column.npos || column.find("job") != column.npos ||
                       column.find("attempt") != column.npos;
  for (; one_job && first > 0 && resumed(runs[first - 1], runs[first]); --first) {
    std::vector<std::size_t> rows = runs[first - 1].rows;
    std::erase_if(rows,
                  [&](std::size_t row) { return !(places.of_row[row] < runs[first].places[0]); });
    table.notes.push_back(
        fmt::format("{}: run {} goes on where {} stood, as one that was resumed: both are examined",
                    table.file, name(first), name(first - 1)));
    kept.insert(kept.begin(), rows.begin(), rows.end());
  }
  if (first > 0)
    note_runs(table, first + 1,
              fmt::format("column {} tells so many, and {} begins last",
                          excerpt(table.names[*columns.of(Role::run)]), name(first)),
              kept.front(), kept.back());
  table.keep(kept);
  return true;
}

}  // namespace downhill::foreign
