// The notation of a column of numbers, from all its cells.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "downhill/io/utf8.h"
#include "downhill/tables/detail/facts.h"
#include "downhill/tables/detail/number_text.h"

namespace downhill::detail {
namespace {

bool has_mark(std::string_view digits) { return digits.find_first_of(".,") != digits.npos; }

bool is_zero(std::string_view digits) { return digits.find_first_of("123456789") == digits.npos; }

[[noreturn]] void refuse_infinite(const Facts& facts, std::size_t entry) {
  facts.refuse(entry, fmt::format("{} is not a finite number; expected a magnitude below 1.8e308; "
                                  "correct it, leave it empty or rescale the column",
                                  excerpt(facts.text(entry))));
}

[[noreturn]] void refuse_contradiction(const Facts& facts, std::size_t entry, unsigned among,
                                       const std::string& decimal) {
  const std::string text = excerpt(facts.text(entry));
  if (!decimal.empty())
    facts.refuse(entry,
                 fmt::format("{} is no number with a decimal {}; expected --decimal {} to hold for "
                             "every cell; correct it or leave the option out",
                             text, decimal, decimal));
  const bool point = (among & kPointMeanings) != 0;
  facts.refuse(
      entry, fmt::format("{} does not fit to the decimal {} of other cells; expected one notation "
                         "in a column; correct one of them",
                         text, point ? "points" : "commas"));
}

[[noreturn]] void refuse_ambiguous(const Facts& facts, std::size_t entry) {
  const std::string_view text = facts.text(entry);
  facts.refuse(entry,
               fmt::format("{} may have a decimal {} or a mark between thousands, and no cell "
                           "of the column tells; expected to be told; give --decimal point "
                           "or --decimal comma",
                           excerpt(text), text.find(',') != text.npos ? "comma" : "point"));
}

// What the numbers of a column have in common, gathered one by one.
class Common {
 public:
  Common(const Facts& facts, const std::string& decimal) : facts_(facts), decimal_(decimal) {
    if (decimal == "point") among_ = kPointMeanings;
    if (decimal == "comma") among_ = kCommaMeanings;
    // Cells that were read as numbers of C have decimal points, if they have one at all.
    if (facts.cells.points) among_ &= kPointMeanings;
  }

  void add(std::size_t entry) {
    NumberParts parts;
    split_number(facts_.text(entry), parts);
    const unsigned found = meanings(parts.digits, among_);
    if (found == 0) refuse_contradiction(facts_, entry, among_, decimal_);
    among_ = found;
    if (marked_ == kNone && has_mark(parts.digits)) marked_ = entry;
    if (parts.percent) with_percent_ = std::min(with_percent_, entry);
    else without_percent_ |= !is_zero(parts.digits);
    if (parts.currency.empty()) return;
    if (!currency_.empty() && currency_ != parts.currency)
      facts_.refuse(entry,
                    fmt::format("{} is not in {}, as other cells are; expected one currency in "
                                "a column; convert the amounts",
                                excerpt(facts_.text(entry)), currency_));
    currency_ = parts.currency;
  }

  Notation notation() const {
    const bool open = (among_ & kPointMeanings) != 0 && (among_ & kCommaMeanings) != 0;
    if (open && marked_ != kNone) refuse_ambiguous(facts_, marked_);
    if (with_percent_ != kNone && (without_percent_ || facts_.nonzero > 0))
      facts_.refuse(
          with_percent_,
          fmt::format("{} has a percent sign, but other cells have none; expected one unit "
                      "in a column; add the sign everywhere or nowhere",
                      excerpt(facts_.text(with_percent_))));
    const auto first = static_cast<std::size_t>(std::countr_zero(among_));
    return {.decimal = kMeanings[first].decimal,
            .group = kMeanings[first].group,
            .percent = with_percent_ != kNone,
            .currency = std::string(currency_)};
  }

 private:
  const Facts& facts_;
  const std::string& decimal_;
  unsigned among_ = kAllMeanings;
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  std::size_t marked_ = kNone, with_percent_ = kNone;  // the first entries of their kind
  bool without_percent_ = false;
  std::string_view currency_;
};

}  // namespace

Notation Facts::notation(const std::string& decimal) const {
  Common common(*this, decimal);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i] == Entry::infinite || entries[i] == Entry::overflow) refuse_infinite(*this, i);
    if (entries[i] == Entry::number) common.add(i);
  }
  return common.notation();
}

bool has_decimal_commas(const Facts& facts) {
  for (std::size_t i = 0; i < facts.entries.size(); ++i) {
    if (facts.entries[i] != Entry::number) continue;
    NumberParts parts;
    split_number(facts.text(i), parts);
    if ((meanings(parts.digits) & kPointMeanings) == 0) return true;
  }
  return false;
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
