#include "downhill/runlog/foreign/split_rows.h"

#include <algorithm>

#include "downhill/runlog/foreign/fit.h"
#include "downhill/runlog/foreign/words.h"

namespace downhill::foreign {
namespace {

bool of_validation(const std::string& word) {
  return kValidation.contains(in_small(word)) || kTest.contains(in_small(word));
}

bool tells_splits(const LogTable& table, std::size_t column) {
  static const WordSet kNames = {"split", "phase", "mode", "stage", "subset", "partition", "set"};
  const Names name = words_in(table.names[column]);
  const auto labels = table.labels.find(column);
  if (name.size() != 1 || !kNames.contains(name[0]) || labels == table.labels.end()) return false;
  const Names& words = labels->second.words;
  return std::ranges::any_of(words, of_validation) &&
         std::ranges::any_of(words, [](const auto& w) { return kTrain.contains(in_small(w)); });
}

}  // namespace

void part_splits(LogTable& table) {
  const std::size_t columns = table.names.size();
  std::size_t split = 0;
  while (split < columns && !tells_splits(table, split)) ++split;
  if (split == columns) return;
  for (std::size_t c = 0; c < columns; ++c) {
    const Fit fit = fit_of(table.names[c]);
    if (fit.points == 0 ||
        (fit.role != Role::loss && fit.role != Role::epoch_loss && fit.role != Role::accuracy))
      continue;
    for (std::size_t row = 0; row < table.columns[c].size(); ++row) {
      const std::string word = table.word(row, split);
      if (!table.columns[c][row] || !of_validation(word)) continue;
      table.set(row, table.column(in_small(word) + "/" + table.names[c]), *table.columns[c][row]);
      table.columns[c][row].reset();
    }
  }
}

}  // namespace downhill::foreign
