#include "downhill/tables/detail/decide.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <set>

#include "downhill/io/utf8.h"
#include "downhill/tables/detail/date_text.h"
#include "downhill/tables/detail/values.h"

namespace downhill::detail {
namespace {

constexpr std::int64_t kShareOfOtherWords = 20;  // at most one cell in so many: 5 %
constexpr std::int64_t kMostOtherWords = 3;
constexpr std::int64_t kShareOfWordsInQuantity = 5;  // or one in so many: 20 %
constexpr std::int64_t kMostCodes = 20;              // different numbers that may be codes

// Few cells, of few different words, beside `others` cells that are understood.
bool are_few(std::int64_t cells, std::int64_t different, std::int64_t others) {
  return different <= kMostOtherWords && cells * kShareOfOtherWords <= cells + others;
}

// Few words beside numbers: at most 5 % of the cells; or at most 20 %, where the numbers are so many
// that they are no codes, which with the words would be levels.
bool is_number(const Facts& facts) {
  if (facts.numbers == 0 || facts.cells.are_codes()) return false;
  if (are_few(facts.words, facts.different_words, facts.numbers)) return true;
  return facts.different_words <= kMostOtherWords &&
         facts.words * kShareOfWordsInQuantity <= facts.values() &&
         facts.distinct(kMostCodes + 1 + facts.different_words) >
             kMostCodes + facts.different_words;
}

// "'unknown' (12), '-' (3)": the most frequent words of a column, and how many others there are.
std::string words_text(const Facts& facts) {
  std::vector<std::size_t> words;
  for (std::size_t i = 0; i < facts.entries.size(); ++i)
    if (facts.entries[i] == Entry::word || facts.entries[i] == Entry::infinite) words.push_back(i);
  std::stable_sort(words.begin(), words.end(), [&](std::size_t a, std::size_t b) {
    return facts.rows_of[a] > facts.rows_of[b];
  });
  std::string text;
  for (std::size_t k = 0; k < std::min<std::size_t>(words.size(), 3); ++k)
    text += fmt::format("{}{} ({})", k == 0 ? "" : ", ", excerpt(facts.text(words[k])),
                        facts.rows_of[words[k]]);
  return words.size() > 3 ? text + fmt::format(" and {} more", words.size() - 3) : text;
}

bool decide_number(TableColumn& column, const Facts& facts, const std::string& decimal, bool told,
                   std::vector<std::string>& notes) {
  if (told ? facts.numbers == 0 : !is_number(facts)) return false;
  column.kind = ColumnKind::number;
  column.notation = facts.notation(decimal);
  for (std::size_t i = 0; i < facts.entries.size(); ++i)
    if (facts.entries[i] == Entry::word) column.missing_words.emplace_back(facts.text(i));
  if (facts.words > 0)
    notes.push_back(fmt::format("{}: {} of {} cells are words, read as missing values: {}{}",
                                excerpt(column.name, 80), facts.words, facts.values(),
                                words_text(facts), told ? "" : "; --category makes them levels"));
  return true;
}

// Numbers that became levels, or nothing.
void note_numbers(const TableColumn& column, const Facts& facts, std::vector<std::string>& notes) {
  if (facts.cells.are_codes())
    notes.push_back(
        fmt::format("{}: codes of {} digits with zeros in front, no numbers; --number "
                    "makes them numbers",
                    excerpt(column.name, 80), facts.cells.code_width));
  else if (facts.words > 0 && 2 * facts.numbers > facts.values())
    notes.push_back(fmt::format(
        "{}: {} of {} cells are numbers, but {} are words: {}; --number makes these missing values",
        excerpt(column.name, 80), facts.numbers, facts.values(), facts.words, words_text(facts)));
}

bool decide_boolean(TableColumn& column, const Facts& facts) {
  Pair pair = boolean_pair(facts);
  if (pair.no.empty()) return false;
  column.kind = ColumnKind::boolean;
  column.no = std::move(pair.no);
  column.yes = std::move(pair.yes);
  return true;
}

// The dates of a column and the orders that they allow.
struct Dates {
  std::int64_t rows = 0, other_rows = 0, other_words = 0;
  unsigned common = ~0u;  // orders that all dates allow
  std::size_t odd = 0;    // the entry with which none was left
  std::size_t first = 0;  // an entry that is a date
  std::vector<std::size_t> others;
};

Dates look_for_dates(const Facts& facts) {
  Dates dates;
  for (std::size_t i = 0; i < facts.entries.size(); ++i) {
    if (facts.entries[i] == Entry::missing) continue;
    if (const unsigned orders = date_orders(facts.text(i)); orders != 0) {
      if (dates.rows == 0) dates.first = i;
      dates.rows += facts.rows_of[i];
      if (dates.common != 0 && (dates.common & orders) == 0) dates.odd = i;
      dates.common &= orders;
    } else {
      dates.other_rows += facts.rows_of[i];
      dates.others.push_back(i);
      if (dates.others.size() > kMostOtherWords) return {};
    }
  }
  dates.other_words = static_cast<std::int64_t>(dates.others.size());
  return dates;
}

// "dmy or mdy"
std::string of_orders(unsigned orders, const std::array<const char*, 3>& names) {
  std::string text;
  const std::array<unsigned, 3> all = {kDayFirst, kMonthFirst, kYearFirst};
  for (std::size_t i = 0; i < all.size(); ++i)
    if ((orders & all[i]) != 0) text += fmt::format("{}{}", text.empty() ? "" : " or ", names[i]);
  return text;
}

// Of years of two digits in front or behind: days change more often than years.
unsigned by_changes(const Facts& facts) {
  constexpr std::size_t kDays = 10, kTimes = 3;
  std::set<int> first, last;
  for (std::size_t i = 0; i < facts.entries.size(); ++i)
    if (facts.entries[i] != Entry::missing && date_orders(facts.text(i)) != 0) {
      const auto [front, back] = date_ends(facts.text(i));
      first.insert(front);
      last.insert(back);
    }
  if (last.size() >= std::max(kDays, kTimes * first.size())) return kYearFirst;
  return first.size() >= std::max(kDays, kTimes * last.size()) ? kDayFirst : 0U;
}

// The one order of the column, or that by which it is told; refused where nothing tells it.
unsigned order_of_dates(const Facts& facts, const Dates& dates, const std::string& told,
                        std::vector<std::string>& notes) {
  if (std::has_single_bit(dates.common)) return dates.common;
  const unsigned said = told.empty() ? 0 : order_of(told);
  if (said != 0 && (dates.common == 0 || (dates.common & said) != 0)) return said;
  if (dates.common == 0)
    facts.refuse(dates.odd,
                 fmt::format("{} is a date in another order than {}; expected one order "
                             "in a column; write dates as 2024-12-31, or give "
                             "--date-order dmy, mdy or ymd",
                             excerpt(facts.text(dates.odd)), excerpt(facts.text(dates.first))));
  const unsigned found = dates.common == (kYearFirst | kDayFirst) ? by_changes(facts) : 0;
  if (found == 0)
    facts.refuse(
        dates.first,
        fmt::format(
            "{} may have {} in front, and no cell of the column tells; expected to be told; "
            "give --date-order {}",
            excerpt(facts.text(dates.first)),
            of_orders(dates.common, {"the day", "the month", "the year"}),
            of_orders(dates.common, {"dmy", "mdy", "ymd"})));
  notes.push_back(
      fmt::format("{}: {} is read with the {} in front, for what stands there changes "
                  "{} often than what stands last; --date-order {} says otherwise",
                  facts.table.name_of(facts.column), excerpt(facts.text(dates.first)),
                  found == kYearFirst ? "year" : "day", found == kYearFirst ? "less" : "more",
                  found == kYearFirst ? "dmy" : "ymd"));
  return found;
}

bool decide_date(TableColumn& column, const Facts& facts, const std::string& told,
                 std::vector<std::string>& notes) {
  if (facts.plain > 0) return false;
  const Dates dates = look_for_dates(facts);
  if (dates.rows == 0 || !are_few(dates.other_rows, dates.other_words, dates.rows)) return false;
  const unsigned order = order_of_dates(facts, dates, told, notes);
  column.kind = ColumnKind::date;
  column.date_order = order_name(order);
  for (const std::size_t i : dates.others) column.missing_words.emplace_back(facts.text(i));
  if (dates.other_rows > 0)
    notes.push_back(
        fmt::format("{}: {} of {} cells are no dates, read as missing values: {}; "
                    "--category makes them levels",
                    excerpt(column.name, 80), dates.other_rows, facts.values(),
                    excerpt(fmt::format("{}", fmt::join(column.missing_words, ", ")))));
  return true;
}

// Whether a text is one number with signs before and something behind it: "23.4 cm", "12.34-", "'23.4".
bool holds_one_number(std::string_view text) {
  constexpr std::string_view kOfNumbers = "0123456789.,";
  int runs = 0;
  for (const char c : text.substr(0, text.find_first_of("0123456789")))
    if (std::isalpha(static_cast<unsigned char>(c))) return false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t first = text.find_first_of(kOfNumbers, at);
    if (first == text.npos) break;
    at = std::min(text.find_first_not_of(kOfNumbers, first), text.size());
    runs += text.substr(first, at - first).find_first_of("0123456789") != text.npos;
  }
  return runs == 1;
}

// What may be numbers in a column of words.
std::string hint_of_numbers(const Facts& facts) {
  std::int64_t dressed = 0;
  std::string_view example;
  for (std::size_t i = 0; i < facts.entries.size(); ++i) {
    if (facts.entries[i] == Entry::missing || !holds_one_number(facts.text(i))) continue;
    dressed += facts.rows_of[i];
    if (example.empty()) example = facts.text(i);
  }
  if (10 * dressed < 9 * facts.values()) return "";
  return fmt::format("; each holds a number, as {}: write quantities as numbers alone",
                     excerpt(example, 40));
}

// Of a column of text that is left out; of one that is mostly numbers, what is in the way.
std::string why_text(const Facts& facts, const std::string& otherwise) {
  if (facts.words == 0 || facts.words >= facts.numbers) return otherwise + hint_of_numbers(facts);
  return fmt::format(
      "{} of {} cells are numbers, but {} are words: {}; --number makes these missing "
      "values",
      facts.numbers, facts.values(), facts.words, words_text(facts));
}

void note_cases(const TableColumn& column, const Facts& facts, std::vector<std::string>& notes) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < facts.entries.size(); ++i)
    if (facts.entries[i] != Entry::missing) texts.emplace_back(facts.text(i));
  if (const auto [one, other] = same_but_for_case(texts); !one.empty())
    notes.push_back(
        fmt::format("{}: '{}' and '{}' differ in case only, and are levels of their own",
                    excerpt(column.name, 80), one, other));
}

void decide_category(TableColumn& column, const Facts& facts, bool told) {
  column.kind = ColumnKind::category;
  const std::int64_t rows = facts.table.rows;
  const std::int64_t distinct =
      facts.distinct((told ? kMostLevels : std::max(kMostLevels, rows / 2)) + 1);
  if (told && distinct > kMostLevels)
    leave_out(column, fmt::format("more than {} different levels", kMostLevels));
  else if (!told && rows >= kRowsOfUniqueText && 2 * distinct > rows)
    leave_out(column, why_text(facts, "unique text: more than half of the rows differ"));
  else if (distinct > kMostLevels)
    leave_out(column, why_text(facts, fmt::format("more than {} different texts", kMostLevels)));
}

}  // namespace

void leave_out(TableColumn& column, const std::string& reason) {
  TableColumn bare;
  bare.name = std::move(column.name);
  bare.kind = ColumnKind::left_out;
  bare.reason = reason;
  bare.missing = column.missing;
  column = std::move(bare);
}

void decide(TableColumn& column, const Facts& facts, const InputOptions& options, As as,
            std::vector<std::string>& notes) {
  if (facts.values() == 0) return leave_out(column, "no value in any row");
  if (as == As::category) return decide_category(column, facts, true);
  const bool told = as == As::number;
  if (told && facts.numbers == 0)
    facts.refuse(0, "no cell is a number; expected some, as --number says; leave it out there");
  if (decide_number(column, facts, options.decimal, told, notes) || decide_boolean(column, facts))
    return;
  if (decide_date(column, facts, options.date_order, notes)) return;
  decide_category(column, facts, false);
  note_numbers(column, facts, notes);
  if (column.kind == ColumnKind::category) note_cases(column, facts, notes);
}

bool is_row_number(const Facts& facts) {
  constexpr std::array<std::string_view, 5> kNames = {"id", "index", "row", "nr", "no"};
  const auto i = static_cast<std::size_t>(facts.column);
  const std::string name = lower(facts.table.names[i]);
  const bool named = std::find(kNames.begin(), kNames.end(), name) != kNames.end();
  if (!facts.table.unnamed[i] && !named) return false;
  if (facts.plain != facts.cells.size() || facts.plain < 2) return false;
  double expected = facts.cells[0];
  bool counts = expected == 0 || expected == 1;
  facts.cells.each(0, facts.cells.size(), [&](double cell) { counts &= cell == expected++; });
  return counts;
}

}  // namespace downhill::detail
