// What programs print while they train: "iter 10: loss 2.31, time 23ms", "[5]  train-rmse:0.41",
// "Epoch [3/10], Step [100/600], Loss: 0.53", "- loss: 0.31 - val_loss: 0.42".
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "downhill/core/error.h"
#include "downhill/io/input_file.h"
#include "downhill/runlog/foreign/log_table.h"
#include "downhill/runlog/foreign/printed_line.h"
#include "downhill/runlog/foreign/words.h"

namespace downhill::foreign {
namespace {

bool counts(const std::string& name) { return name == "step" || name == "epoch"; }

/// Progress bars write over their own line: what stays is behind the last carriage return.
std::string_view shown(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t last = line.rfind('\r');
  return last == line.npos ? line : line.substr(last + 1);
}

bool tells_a_loss(const std::vector<Pair>& pairs) {
  return std::ranges::any_of(pairs, [](const Pair& pair) {
    const std::string name = in_small(pair.name);
    return name.find("loss") != name.npos || name.find("rmse") != name.npos ||
           name.find("error") != name.npos || name.find("mae") != name.npos ||
           name.find("nll") != name.npos;
  });
}

}  // namespace

bool is_printed_text(std::string_view beginning) {
  while (!beginning.empty()) {
    const std::size_t end = std::min(beginning.find('\n'), beginning.size());
    if (!beginning.starts_with('#') && tells_a_loss(pairs_in(shown(beginning.substr(0, end)))))
      return true;
    beginning.remove_prefix(std::min(end + 1, beginning.size()));
  }
  return false;
}

namespace {

// "Test: [ 10/196]  Loss 0.5": the batches of one validation.
bool tells_progress(std::string_view line) {
  const std::size_t open = line.find('['), slash = line.find('/', open);
  return slash != line.npos &&
         line.substr(open + 1, slash - open - 1).find_first_not_of(" 0123456789") == line.npos;
}

/// Adds rows; lines of a validation's batches that follow each other become one, their mean.
class PrintedRows {
 public:
  explicit PrintedRows(LogTable& table) : table_(table) {}

  void add(std::string_view line, std::int64_t number, const std::vector<Pair>& pairs,
           const std::map<std::string, double>& before) {
    const bool batch =
        tells_progress(line) && std::ranges::none_of(pairs, [](const Pair& pair) {
          const Names words = words_in(pair.name);
          return counts(pair.name) || !(any(words, kValidation) || any(words, kTest));
        });
    batches_ = batch ? batches_ + 1 : 0;
    const std::size_t row = batches_ > 1 ? table_.rows - 1 : table_.add_row(number);
    for (const auto& [name, value] : before) table_.set(row, table_.column(name), value);
    for (const Pair& pair : pairs) {
      const std::size_t column = table_.column(pair.name);
      const auto& cells = table_.columns[column];
      const double mean =
          batches_ > 1 && row < cells.size() && cells[row] ? *cells[row] : pair.value;
      table_.set(
          row, column,
          mean == pair.value ? mean : mean + (pair.value - mean) / static_cast<double>(batches_));
    }
  }

 private:
  LogTable& table_;
  std::size_t batches_ = 0;
};

// Below "Epoch 3/3" stands the line of that epoch. Where that was so of all epochs, more lines below the
// last are of an evaluation after training.
void leave_evaluation_out(LogTable& table, const std::vector<std::size_t>& headings) {
  constexpr std::size_t kFewest = 3;
  if (headings.size() < kFewest || table.rows < headings.back() + 2) return;
  for (std::size_t i = 1; i < headings.size(); ++i)
    if (headings[i] != headings[i - 1] + 1) return;
  std::vector<std::size_t> rows(headings.back() + 1);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  table.notes.push_back(fmt::format(
      "{}: what stands below the last epoch, {} to {}, is of an evaluation and left out",
      table.file, table.place(rows.size()), table.place(table.rows - 1)));
  table.keep(rows);
}

}  // namespace

LogTable read_text(const std::filesystem::path& path) {
  const std::string text = read_file(path, FileError::Kind::data, kMostTextBytes);
  LogTable table;
  table.file = path.string();
  PrintedRows rows(table);
  std::vector<std::size_t> headings;     // the rows below "Epoch 1/10"
  std::map<std::string, double> before;  // counts of a line of their own, as "Epoch 1/10"
  std::string_view rest = text;
  for (std::int64_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = shown(rest.substr(0, end));
    const std::vector<Pair> pairs = pairs_in(line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const bool whole = std::ranges::any_of(pairs, [](const Pair& p) { return !counts(p.name); });
    if (!whole) {
      if (!pairs.empty() && pairs[0].name == "epoch") headings.push_back(table.rows);
      for (const Pair& pair : pairs) before[pair.name] = pair.value;
      continue;
    }
    if (!tells_a_loss(pairs)) continue;
    rows.add(line, number, pairs, before);
    for (const Pair& pair : pairs)
      if (pair.name == "epoch" && before.contains("epoch")) before["epoch"] = pair.value;
  }
  leave_evaluation_out(table, headings);
  return table;
}

}  // namespace downhill::foreign
