// The notation of a column of numbers, from all its cells.
#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "downhill/io/utf8.h"
#include "downhill/tables/detail/facts.h"
#include "downhill/tables/detail/number_text.h"

namespace downhill::detail {
namespace {

struct Number {
  std::size_t entry;
  NumberParts parts;
  unsigned meanings;
};

// The entries that are numbers; infinite ones are refused.
std::vector<Number> numbers_of(const Facts& facts) {
  std::vector<Number> numbers;
  for (std::size_t i = 0; i < facts.entries.size(); ++i) {
    if (facts.entries[i] == Entry::infinite || facts.entries[i] == Entry::overflow)
      facts.refuse(i, fmt::format("{} is not a finite number; expected a magnitude below 1.8e308; "
                                  "correct it, leave it empty or rescale the column",
                                  excerpt(facts.text(i))));
    if (facts.entries[i] != Entry::number) continue;
    Number number{i, {}, 0};
    split_number(facts.text(i), number.parts);
    number.meanings = meanings(number.parts.digits);
    numbers.push_back(number);
  }
  return numbers;
}

bool has_mark(std::string_view digits) { return digits.find_first_of(".,") != digits.npos; }

bool is_zero(std::string_view digits) { return digits.find_first_of("123456789") == digits.npos; }

[[noreturn]] void refuse_contradiction(const Facts& facts, const Number& number, unsigned among,
                                       const std::string& decimal) {
  const std::string text = excerpt(facts.text(number.entry));
  if (!decimal.empty())
    facts.refuse(number.entry,
                 fmt::format("{} is no number with a decimal {}; expected --decimal {} to hold for "
                             "every cell; correct it or leave the option out",
                             text, decimal, decimal));
  const bool point = (among & kPointMeanings) != 0;
  facts.refuse(
      number.entry,
      fmt::format("{} does not fit to the decimal {} of other cells; expected one notation "
                  "in a column; correct one of them",
                  text, point ? "points" : "commas"));
}

[[noreturn]] void refuse_ambiguous(const Facts& facts, const Number& number) {
  facts.refuse(
      number.entry,
      fmt::format("{} may have a decimal {} or a mark between thousands, and no cell of "
                  "the column tells; expected to be told; give --decimal point or "
                  "--decimal comma",
                  excerpt(facts.text(number.entry)),
                  number.parts.digits.find(',') != std::string_view::npos ? "comma" : "point"));
}

// The meanings that all the numbers allow.
unsigned common_meanings(const Facts& facts, const std::vector<Number>& numbers,
                         const std::string& decimal) {
  unsigned among = decimal == "point"   ? kPointMeanings
                   : decimal == "comma" ? kCommaMeanings
                                        : kAllMeanings;
  // Cells that were read as numbers of C have decimal points, if they have one at all.
  if (facts.cells.points) among &= kPointMeanings;
  for (const Number& number : numbers) {
    if ((among & number.meanings) == 0) refuse_contradiction(facts, number, among, decimal);
    among &= number.meanings;
  }
  if ((among & kPointMeanings) == 0 || (among & kCommaMeanings) == 0) return among;
  for (const Number& number : numbers)
    if (has_mark(number.parts.digits)) refuse_ambiguous(facts, number);
  return among & kPointMeanings;
}

bool all_percent(const Facts& facts, const std::vector<Number>& numbers) {
  const Number *with = nullptr, *without = nullptr;
  for (const Number& number : numbers) {
    if (number.parts.percent) with = with != nullptr ? with : &number;
    else if (!is_zero(number.parts.digits)) without = without != nullptr ? without : &number;
  }
  if (with == nullptr) return false;
  if (without != nullptr || facts.nonzero > 0)
    facts.refuse(with->entry,
                 fmt::format("{} has a percent sign, but other cells have none; expected one unit "
                             "in a column; add the sign everywhere or nowhere",
                             excerpt(facts.text(with->entry))));
  return true;
}

std::string one_currency(const Facts& facts, const std::vector<Number>& numbers) {
  std::string_view currency;
  for (const Number& number : numbers) {
    if (number.parts.currency.empty()) continue;
    if (!currency.empty() && currency != number.parts.currency)
      facts.refuse(number.entry, fmt::format("{} is not in {}, as other cells are; expected one "
                                             "currency in a column; convert the amounts",
                                             excerpt(facts.text(number.entry)), currency));
    currency = number.parts.currency;
  }
  return std::string(currency);
}

}  // namespace

Notation Facts::notation(const std::string& decimal) const {
  const std::vector<Number> found = numbers_of(*this);
  const unsigned common = common_meanings(*this, found, decimal);
  Notation notation;
  for (unsigned i = 0; i < std::size(kMeanings); ++i) {
    if ((common >> i & 1u) == 0) continue;
    notation.decimal = kMeanings[i].decimal;
    notation.group = kMeanings[i].group;
    break;
  }
  notation.percent = all_percent(*this, found);
  notation.currency = one_currency(*this, found);
  return notation;
}

void refuse_doubtful_points(const Table& table, const std::vector<int>& columns) {
  for (const int column : columns) {
    const Cells& cells = table.cells[static_cast<std::size_t>(column)];
    if (!cells.points || cells.other_points || cells.all_text) continue;
    for (std::int64_t row = 0; row < cells.size(); ++row) {
      const double cell = cells[row];
      if (Cells::is_text(cell) || cell == std::floor(cell)) continue;
      table.refuse(
          row, column,
          fmt::format("column {}: {} may have a decimal point or a mark between thousands: "
                      "another column has decimal commas; expected to be told; give "
                      "--decimal point or --decimal comma",
                      table.name_of(column), cell));
    }
  }
}

}  // namespace downhill::detail
