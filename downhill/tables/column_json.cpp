// Columns in a model file. What is at its default is left out: a table may have 10^6 of them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "downhill/io/json_fields.h"
#include "downhill/io/utf8.h"
#include "downhill/tables/column.h"
#include "downhill/tables/detail/decide.h"
#include "downhill/tables/detail/values.h"
#include "downhill/tables/inputs.h"

namespace downhill {

template <class Visitor>
void visit_fields(Visitor& v, ColumnPart& part) {
  v.optional("name", part.name);
  v.needed("center", part.scaling.center);
  v.needed("scale", part.scaling.scale);
  v.needed("median", part.scaling.median);
  v.optional("robust", part.scaling.robust);
}

namespace {

constexpr std::size_t kLongestText = 1 << 20;

template <class T>
void member_unless(JsonWriter& json, const char* name, const T& value, const T& usual) {
  if (!(value == usual)) json.member(name, value);
}

void write_notation(JsonWriter& json, const Notation& notation) {
  if (notation.plain()) return;
  json.key("notation");
  json.begin_object();
  json.member("decimal", notation.decimal == ',' ? "comma" : "point");
  if (notation.group != '\0') json.member("group", std::string(1, notation.group));
  member_unless(json, "percent", notation.percent, false);
  member_unless(json, "currency", notation.currency, std::string());
  json.end_object();
}

void write_parts(JsonWriter& json, const std::vector<ColumnPart>& parts) {
  if (parts.empty()) return;
  json.objects("parts", parts, [&](const ColumnPart& part) {
    member_unless(json, "name", part.name, std::string());
    json.member("center", part.scaling.center);
    json.member("scale", part.scaling.scale);
    json.member("median", part.scaling.median);
    member_unless(json, "robust", part.scaling.robust, false);
  });
}

// A notation as it stands in the file.
struct NotationFields {
  std::string decimal, group, currency;
  bool percent = false;
};
template <class Visitor>
void visit_fields(Visitor& v, NotationFields& fields) {
  v.needed("decimal", fields.decimal);
  v.optional("group", fields.group);
  v.optional("percent", fields.percent);
  v.optional("currency", fields.currency);
}

[[noreturn]] void wrong(JsonView json, const TableColumn& column, std::string_view what) {
  throw JsonError(json.byte(),
                  fmt::format("column {} of the model {}", excerpt(column.name, 80), what));
}

Notation notation_from(JsonView json, const TableColumn& column, const NotationFields& fields) {
  constexpr std::string_view kGroups = ",. '";
  const bool comma = fields.decimal == "comma";
  const bool group = fields.group.empty() ||
                     (fields.group.size() == 1 && kGroups.find(fields.group[0]) != kGroups.npos &&
                      fields.group[0] != (comma ? ',' : '.'));
  if ((!comma && fields.decimal != "point") || !group || fields.currency.size() > 8)
    wrong(json, column, "has an unknown notation of numbers");
  return {.decimal = comma ? ',' : '.',
          .group = fields.group.empty() ? '\0' : fields.group[0],
          .percent = fields.percent,
          .currency = fields.currency};
}

bool are_good_parts(const TableColumn& column) {
  const auto& names = detail::date_parts();
  const bool date = column.kind == ColumnKind::date;
  std::size_t next = 0;  // parts stand in order, each once
  for (const ColumnPart& part : column.parts) {
    const Scaling& s = part.scaling;
    if (!std::isfinite(s.center) || !std::isfinite(s.median) || !std::isfinite(s.scale) ||
        !(s.scale > 0))
      return false;
    if (!date) continue;
    while (next < names.size() && names[next] != part.name) ++next;
    if (next++ == names.size()) return false;
    if (column.date_order == "time" && part.name != "seconds") return false;
  }
  return date ||
         (column.parts.size() <= 1 && (column.parts.empty() || column.parts[0].name.empty()));
}

void check_numbers(JsonView json, const TableColumn& column) {
  if (!are_good_parts(column)) wrong(json, column, "has impossible parts or scales");
  if (column.parts.empty() && !column.indicator) wrong(json, column, "becomes no input");
  if (!column.levels.empty() || column.others != 0 || column.missing_level || column.embedded)
    wrong(json, column, "has levels, but is no category");
  if (!std::isfinite(column.low) || !std::isfinite(column.high) || column.low > column.high)
    wrong(json, column, "has no range");
  const bool known = detail::order_of(column.date_order) != 0;
  if (known != (column.kind == ColumnKind::date))
    wrong(json, column, "has no order of dates, or is no date");
  if (column.kind == ColumnKind::boolean && (column.no.empty() || column.no == column.yes))
    wrong(json, column, "has no two words");
}

void check_levels(JsonView json, const TableColumn& column) {
  const auto& levels = column.levels;
  const bool sorted = std::is_sorted(levels.begin(), levels.end()) &&
                      std::adjacent_find(levels.begin(), levels.end()) == levels.end();
  const bool counted = levels.size() == column.counts.size() &&
                       std::all_of(column.counts.begin(), column.counts.end(),
                                   [](std::int64_t count) { return count > 0; });
  if (!sorted || !counted || levels.size() > static_cast<std::size_t>(detail::kMostLevels))
    wrong(json, column, "has levels that are not sorted or not counted");
  if (column.trained_slots() < 2) wrong(json, column, "has fewer than two levels");
  if (!column.parts.empty() || column.indicator) wrong(json, column, "is a category with parts");
}

}  // namespace

void write_column(JsonWriter& json, const TableColumn& column) {
  const TableColumn usual;
  json.begin_object();
  json.member("name", column.name);
  json.member("kind", text_of(column.kind));
  member_unless(json, "reason", column.reason, usual.reason);
  write_notation(json, column.notation);
  member_unless(json, "missing_words", column.missing_words, usual.missing_words);
  write_parts(json, column.parts);
  member_unless(json, "indicator", column.indicator, false);
  member_unless(json, "low", column.low, usual.low);
  member_unless(json, "high", column.high, usual.high);
  member_unless(json, "missing", column.missing, usual.missing);
  member_unless(json, "no", column.no, usual.no);
  member_unless(json, "yes", column.yes, usual.yes);
  member_unless(json, "date_order", column.date_order, usual.date_order);
  member_unless(json, "levels", column.levels, usual.levels);
  member_unless(json, "counts", column.counts, usual.counts);
  member_unless(json, "others", column.others, usual.others);
  member_unless(json, "missing_level", column.missing_level, false);
  member_unless(json, "embedded", column.embedded, false);
  json.end_object();
}

TableColumn read_column(JsonView json) {
  TableColumn column;
  std::string kind;
  NotationFields notation{.decimal = "point", .group = "", .currency = ""};
  JsonFields fields(json, "a column of the model");
  fields.needed("name", column.name);
  fields.needed("kind", kind);
  fields.optional("reason", column.reason);
  fields.optional("notation", notation);
  fields.optional("missing_words", column.missing_words);
  fields.optional("parts", column.parts);
  fields.optional("indicator", column.indicator);
  fields.optional("low", column.low);
  fields.optional("high", column.high);
  fields.optional("missing", column.missing);
  fields.optional("no", column.no);
  fields.optional("yes", column.yes);
  fields.optional("date_order", column.date_order);
  fields.optional("levels", column.levels);
  fields.optional("counts", column.counts);
  fields.optional("others", column.others);
  fields.optional("missing_level", column.missing_level);
  fields.optional("embedded", column.embedded);
  fields.finish();
  constexpr ColumnKind kKinds[] = {ColumnKind::number, ColumnKind::boolean, ColumnKind::category,
                                   ColumnKind::date, ColumnKind::left_out};
  const auto found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [&](ColumnKind each) { return text_of(each) == kind; });
  if (found == std::end(kKinds) || column.name.size() > kLongestText)
    wrong(json, column, fmt::format("has the unknown kind {}", excerpt(kind)));
  column.kind = *found;
  column.notation = notation_from(json, column, notation);
  if (column.kind == ColumnKind::category) check_levels(json, column);
  else if (column.kind != ColumnKind::left_out) check_numbers(json, column);
  else if (column.width() != 0 || column.embedded) wrong(json, column, "is left out, and is not");
  return column;
}

void InputColumns::write(JsonWriter& json) const {
  json.begin_list();
  for (const TableColumn& column : columns) write_column(json, column);
  json.end_list();
}

InputColumns InputColumns::read(JsonView json) {
  if (!json.is(JsonKind::list)) throw JsonError(json.byte(), "the model's columns are no list");
  InputColumns inputs;
  json.items([&](JsonView item) { inputs.columns.push_back(read_column(item)); });
  std::set<std::string_view> names;
  for (const TableColumn& column : inputs.columns)
    if (!names.insert(column.name).second)
      throw JsonError(json.byte(),
                      fmt::format("the model has two columns {}", excerpt(column.name, 80)));
  if (inputs.width() == 0) throw JsonError(json.byte(), "the model has no input column");
  return inputs;
}

}  // namespace downhill
