#include "downhill/tables/target.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "downhill/core/error.h"
#include "downhill/io/utf8.h"
#include "downhill/tables/detail/facts.h"
#include "downhill/tables/detail/values.h"

namespace downhill {
namespace {

using detail::Cells;
using detail::Entry;
using detail::Facts;

constexpr std::int64_t kOneCellIn = 50;       // words below 2 % of the cells: mistakes
constexpr std::int64_t kMostDistinct = 1001;  // different numbers are counted so far
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

std::int64_t most_labels(std::int64_t rows) { return std::max<std::int64_t>(20, rows / 10); }

// Labels in order, and a code per row, from a text per entry of the dictionary.
void set_labels(TargetColumn& target, const Facts& facts, const std::vector<std::string>& texts) {
  std::vector<std::string>& labels = target.labels;
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (facts.entries[i] != Entry::missing) labels.push_back(texts[i]);
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  std::vector<std::int64_t> code_of(texts.size(), -1), counts(labels.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (facts.entries[i] == Entry::missing) continue;
    code_of[i] = std::lower_bound(labels.begin(), labels.end(), texts[i]) - labels.begin();
    counts[static_cast<std::size_t>(code_of[i])] += facts.rows_of[i];
  }
  target.codes.reserve(static_cast<std::size_t>(facts.cells.size()));
  facts.cells.each(0, facts.cells.size(), [&](double cell) {
    target.codes.push_back(code_of[Cells::entry(cell)]);
    if (target.codes.back() < 0)
      target.missing.push_back(static_cast<std::int64_t>(target.codes.size()) - 1);
  });
  target.distinct = static_cast<std::int64_t>(labels.size());
  target.least_rows = *std::min_element(counts.begin(), counts.end());
}

std::string shown(const std::vector<std::string>& labels) {
  std::vector<std::string> first;
  for (std::size_t i = 0; i < std::min<std::size_t>(labels.size(), 3); ++i)
    first.push_back(excerpt(labels[i]));
  return fmt::format("{}{}", fmt::join(first, ", "), labels.size() > 3 ? ", ..." : "");
}

void read_text(TargetColumn& target, const Facts& facts) {
  target.kind = TargetColumn::Kind::text;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < facts.entries.size(); ++i) texts.emplace_back(facts.text(i));
  set_labels(target, facts, texts);
  const std::int64_t most = most_labels(facts.table.rows);
  if (target.distinct > most)
    facts.refuse(
        static_cast<std::size_t>(std::find_if(facts.entries.begin(), facts.entries.end(),
                                              [](Entry e) { return e == Entry::word; }) -
                                 facts.entries.begin()),
        fmt::format("the target is text with {} different labels in {} rows ({}); expected "
                    "at most {} classes, or numbers; take units out of the numbers, merge "
                    "labels, or name another --target",
                    target.distinct, facts.table.rows, shown(target.labels), most));
  target.sentence = fmt::format("text, {} labels ({})", target.distinct, shown(target.labels));
}

// The spelling of each of the two words is the first in the order of bytes.
void read_booleans(TargetColumn& target, const Facts& facts, const detail::Pair& pair) {
  target.kind = TargetColumn::Kind::booleans;
  std::string no, yes;
  for (std::size_t i = 0; i < facts.entries.size(); ++i) {
    if (facts.entries[i] == Entry::missing) continue;
    std::string& word = detail::lower(facts.text(i)) == pair.no ? no : yes;
    if (word.empty() || facts.text(i) < word) word = facts.text(i);
  }
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < facts.entries.size(); ++i)
    texts.push_back(detail::lower(facts.text(i)) == pair.no ? no : yes);
  set_labels(target, facts, texts);
  if (target.labels.size() == 2) {
    if (target.labels[0] != no) {
      std::swap(target.labels[0], target.labels[1]);
      for (std::int64_t& code : target.codes) code = code < 0 ? code : 1 - code;
    }
  }
  for (const std::int64_t code : target.codes)
    target.numbers.push_back(code < 0                                              ? kNothing
                             : target.labels[static_cast<std::size_t>(code)] == no ? 0
                                                                                   : 1);
  target.sentence = fmt::format("booleans ({})", shown(target.labels));
}

// How often each number occurs, unless there are too many.
std::map<double, std::int64_t> count_numbers(const std::vector<double>& numbers) {
  std::map<double, std::int64_t> counts;
  for (const double number : numbers) {
    if (number == number) ++counts[number];
    if (static_cast<std::int64_t>(counts.size()) == kMostDistinct) break;
  }
  return counts;
}

// In the notation that the target has.
void read_numbers(TargetColumn& target, const Facts& facts) {
  TableColumn column;
  column.name = target.name;
  column.notation = target.notation;
  const detail::Values value(facts, column);
  target.low = std::numeric_limits<double>::infinity();
  target.high = -target.low;
  target.whole = true;
  target.numbers.reserve(static_cast<std::size_t>(facts.cells.size()));
  facts.cells.each(0, facts.cells.size(), [&](double cell) {
    const double number = value(cell);
    target.numbers.push_back(number);
    if (number != number) {
      target.missing.push_back(static_cast<std::int64_t>(target.numbers.size()) - 1);
      return;
    }
    target.low = std::min(target.low, number);
    target.high = std::max(target.high, number);
    target.whole = target.whole && number == std::floor(number) && std::abs(number) < 0x1p53;
  });
  const auto counts = count_numbers(target.numbers);
  target.distinct = static_cast<std::int64_t>(counts.size());
  if (target.distinct < kMostDistinct)
    target.least_rows = std::min_element(counts.begin(), counts.end(), [](auto& a, auto& b) {
                          return a.second < b.second;
                        })->second;
  const std::string notation = describe(target.notation);
  target.sentence =
      fmt::format("numbers{}, {:.6g} to {:.6g}", notation.empty() ? "" : " (" + notation + ")",
                  target.low, target.high);
  if (facts.cells.are_codes())
    target.notes.push_back(
        fmt::format("the target {} is written with zeros in front, as codes "
                    "are: read as numbers; --task classes makes it classes",
                    excerpt(target.name, 80)));
}

// Nearly all cells are numbers, or most of them and the rest too many for labels: the first that is
// none is a mistake.
void refuse_mistake(const Facts& facts) {
  std::int64_t first = 0;
  const auto is_word = [&](double cell) {
    return Cells::is_text(cell) && (facts.entries[Cells::entry(cell)] == Entry::word ||
                                    facts.entries[Cells::entry(cell)] == Entry::infinite);
  };
  while (!is_word(facts.cells[first])) ++first;
  facts.table.refuse(
      first, facts.column,
      fmt::format("the target {}: {} is not a number, as {} of {} cells are ({} {} not); "
                  "expected numbers in every row; correct them, remove their rows, or leave them "
                  "empty and give --drop-missing-target",
                  facts.table.name_of(facts.column),
                  excerpt(facts.text(Cells::entry(facts.cells[first]))), facts.numbers,
                  facts.values(), facts.words, facts.words == 1 ? "is" : "are"));
}

void refuse_empty(const Facts& facts) {
  if (facts.values() > 0) return;
  facts.table.refuse(0, facts.column,
                     fmt::format("the target {} has no value in any row; expected one in every "
                                 "row; name another --target",
                                 facts.table.name_of(facts.column)));
}

bool are_mistakes(const Facts& facts) {
  if (facts.numbers > 0 && facts.words * kOneCellIn < facts.values()) return true;
  const std::int64_t most = most_labels(facts.table.rows);
  return facts.numbers > facts.words && facts.distinct(most + 1) > most;
}

}  // namespace

TargetColumn read_target_as(const Table& table, int column, const Notation& notation) {
  TargetColumn target;
  target.name = table.names[static_cast<std::size_t>(column)];
  target.notation = notation;
  const detail::CellsOf cells(table, column, notation.decimal == ',');
  const Facts facts(table, column, *cells);
  refuse_empty(facts);
  read_numbers(target, facts);
  return target;
}

TargetColumn read_target(const Table& table, int column, const std::string& decimal, bool as_text,
                         std::span<const std::string> classes) {
  detail::check_decimal(decimal);
  TargetColumn target;
  target.name = table.names[static_cast<std::size_t>(column)];
  const detail::CellsOf cells(table, column, decimal == "comma" && !as_text);
  const Facts facts(table, column, *cells, classes);
  refuse_empty(facts);
  for (std::size_t i = 0; i < facts.entries.size() && target.missing_word.empty(); ++i)
    if (facts.entries[i] == Entry::missing) target.missing_word = facts.text(i);
  const detail::Pair pair = detail::boolean_pair(facts);
  if (!as_text && facts.words == 0) {
    target.notation = facts.notation(decimal);
    read_numbers(target, facts);
  } else if (!as_text && !pair.no.empty()) read_booleans(target, facts, pair);
  else {
    if (!as_text && are_mistakes(facts)) refuse_mistake(facts);
    if (facts.plain == 0) read_text(target, facts);
    else {  // labels are what the file says, not its numbers printed anew
      const Cells written = table.as_text(column);
      read_text(target, Facts(table, column, written, classes));
    }
  }
  return target;
}

void TargetColumn::become_classes() {
  if (kind != Kind::numbers) return;
  std::map<double, std::int64_t> code_of = count_numbers(numbers);
  const std::int64_t most = most_labels(static_cast<std::int64_t>(numbers.size()));
  if (distinct > most || distinct == kMostDistinct)
    throw DataError(fmt::format(
        "the target {} has {}{} different numbers in {} rows; expected at "
        "most {} classes; use --task numbers",
        excerpt(name, 80), distinct == kMostDistinct ? "more than " : "",
        std::min(distinct, kMostDistinct - 1), numbers.size(), std::min(most, kMostDistinct - 1)));
  for (auto& [number, code] : code_of) {
    code = static_cast<std::int64_t>(labels.size());
    labels.push_back(fmt::format("{}", number == 0 ? 0 : number));
  }
  for (const double number : numbers) codes.push_back(number == number ? code_of[number] : -1);
}

}  // namespace downhill
