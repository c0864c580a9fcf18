#include "downhill/tables/inputs.h"

#include <algorithm>

namespace downhill {
namespace {

constexpr std::int64_t kWidestEmbedding = 8;

void add_names(const TableColumn& column, std::vector<std::string>& names) {
  if (column.kind == ColumnKind::category) {
    for (const std::string& level : column.levels) names.push_back(column.name + "=" + level);
    if (column.others > 0) names.push_back(column.name + "=other");
    if (column.missing_level) names.push_back(column.name + " missing");
    return;
  }
  for (const ColumnPart& part : column.parts)
    names.push_back(part.name.empty() ? column.name : column.name + "." + part.name);
  if (column.indicator) names.push_back(column.name + " missing");
}

}  // namespace

std::int64_t InputColumns::dense() const {
  std::int64_t width = 0;
  for (const TableColumn& column : columns) width += column.width();
  return width;
}

std::int64_t InputColumns::width() const {
  return dense() + std::count_if(columns.begin(), columns.end(),
                                 [](const TableColumn& column) { return column.embedded; });
}

std::vector<InputColumns::Embedded> InputColumns::embedded() const {
  std::vector<Embedded> result;
  for (const TableColumn& column : columns) {
    if (!column.embedded) continue;
    const std::int64_t width = std::min(kWidestEmbedding, (column.trained_slots() + 1) / 2);
    const auto shared = static_cast<std::int64_t>(column.levels.size());
    result.push_back({column.name, column.slots(), width, column.others == 0 ? shared : -1});
  }
  return result;
}

std::vector<std::string> InputColumns::feature_names() const {
  std::vector<std::string> names;
  for (const TableColumn& column : columns)
    if (!column.embedded) add_names(column, names);
  for (const TableColumn& column : columns)
    if (column.embedded) names.push_back(column.name);
  return names;
}

TableOptions InputColumns::table_options() const {
  TableOptions options;
  for (const TableColumn& column : columns) {
    if (column.kind == ColumnKind::left_out) continue;
    options.only.push_back(column.name);
    if (column.kind == ColumnKind::number && column.notation.decimal == ',')
      options.text.push_back(column.name);
  }
  return options;
}

}  // namespace downhill
