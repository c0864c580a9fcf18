#include "downhill/tables/column.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "downhill/io/utf8.h"
#include "downhill/tables/detail/date_text.h"
#include "downhill/tables/detail/facts.h"

namespace downhill {
namespace {

constexpr std::size_t kLevelsShown = 5;

std::string number_text(double number) { return fmt::format("{:.6g}", number); }

std::string range_of_numbers(const TableColumn& column) {
  if (column.kind == ColumnKind::boolean) return fmt::format("{} 0, {} 1", column.no, column.yes);
  if (column.kind != ColumnKind::date || column.date_order == "time") {
    const bool time = column.kind == ColumnKind::date;
    const char* unit = time ? " s" : column.notation.percent ? " %" : "";
    return fmt::format("{} to {}{}", number_text(column.low), number_text(column.high), unit);
  }
  return fmt::format("{} to {}", detail::date_text(column.low), detail::date_text(column.high));
}

std::string missing_sentence(const TableColumn& column) {
  std::string text;
  for (const std::string& word : column.missing_words)
    text += fmt::format("{}{}", text.empty() ? "; " : ", ", excerpt(word));
  if (!text.empty()) text += column.missing_words.size() == 1 ? " is missing" : " are missing";
  if (column.missing == 0) return text;
  text += fmt::format("; {} missing: ", column.missing);
  if (column.kind == ColumnKind::category) return text + "a level of their own";
  if (column.parts.empty()) return text + "an indicator alone, the rest is constant";
  if (column.kind == ColumnKind::date) return text + "medians and an indicator";
  return text +
         fmt::format("median {} and an indicator", number_text(column.parts[0].scaling.median));
}

std::string numbers_sentence(const TableColumn& column) {
  std::string text(text_of(column.kind));
  const std::string notation = column.kind == ColumnKind::date
                                   ? column.date_order == "time" ? "time" : column.date_order
                                   : describe(column.notation);
  if (!notation.empty()) text += fmt::format(" ({})", notation);
  text += ", " + range_of_numbers(column);
  std::vector<std::string> parts;
  bool robust = false;
  for (const ColumnPart& part : column.parts) {
    parts.push_back(part.name == "seconds" ? "seconds of the day" : part.name);
    robust |= part.scaling.robust;
  }
  if (column.kind == ColumnKind::date) text += fmt::format("; {}", fmt::join(parts, ", "));
  if (robust) text += "; heavy tails: scaled by median and quartiles";
  return text + missing_sentence(column);
}

std::string category_sentence(const TableColumn& column) {
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(column.levels.size(), kLevelsShown); ++i)
    shown.push_back(excerpt(column.levels[i]));
  std::string text = fmt::format("category, {} levels", column.levels.size());
  if (!shown.empty())
    text += fmt::format(" ({}{})", fmt::join(shown, ", "),
                        column.levels.size() > kLevelsShown ? ", ..." : "");
  text += column.embedded ? "; embedding" : "; one-hot";
  if (column.others > 0)
    text += fmt::format("; {} rows of rarer levels share one slot", column.others);
  return text + missing_sentence(column);
}

}  // namespace

std::string_view text_of(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::number:
      return "number";
    case ColumnKind::boolean:
      return "boolean";
    case ColumnKind::category:
      return "category";
    case ColumnKind::date:
      return "date";
    case ColumnKind::left_out:
      return "left out";
  }
  return "";
}

std::string TableColumn::sentence() const {
  if (kind == ColumnKind::left_out) return "left out: " + reason;
  return kind == ColumnKind::category ? category_sentence(*this) : numbers_sentence(*this);
}

std::string TableColumn::range() const {
  if (kind == ColumnKind::left_out) return "";
  if (kind == ColumnKind::category) return fmt::format("{} levels", levels.size());
  return range_of_numbers(*this);
}

std::int64_t TableColumn::trained_slots() const {
  return static_cast<std::int64_t>(levels.size()) + (others > 0 ? 1 : 0) + (missing_level ? 1 : 0);
}

std::int64_t TableColumn::slots() const {
  return trained_slots() + (embedded && others == 0 ? 1 : 0);
}

std::int64_t TableColumn::width() const {
  if (kind == ColumnKind::left_out || embedded) return 0;
  if (kind == ColumnKind::category) return slots();
  return static_cast<std::int64_t>(parts.size()) + (indicator ? 1 : 0);
}

std::pair<std::string, std::string> same_but_for_case(const std::vector<std::string>& texts) {
  std::map<std::string, const std::string*> known;
  for (const std::string& text : texts) {
    const auto [at, fresh] = known.emplace(detail::lower(text), &text);
    if (!fresh && *at->second != text) return {*at->second, text};
  }
  return {};
}

}  // namespace downhill
