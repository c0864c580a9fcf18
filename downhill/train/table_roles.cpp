// Which column of a table is what.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "downhill/core/error.h"
#include "downhill/io/utf8.h"
#include "downhill/train/detail/table_data.h"

namespace downhill::detail {
namespace {

struct Role {
  const char* name;
  const std::string& column;  ///< as it was told; empty: none
};

std::array<Role, 4> roles_of(const TableRunOptions& o) {
  return {{{"the target", o.target},
           {"the weight", o.weight},
           {"the group of --split-by-group", o.split_by_group},
           {"the time of --split-by-time", o.split_by_time}}};
}

struct ColumnList {
  const char* option;
  std::vector<std::string> names;
};

std::array<ColumnList, 4> lists_of(const TableRunOptions& o) {
  return {{{"--ignore", list_of(o.ignore)},
           {"--only", list_of(o.only)},
           {"--category", list_of(o.category)},
           {"--number", list_of(o.number)}}};
}

void refuse_common(const ColumnList& one, const ColumnList& other) {
  for (const std::string& name : one.names)
    if (std::ranges::find(other.names, name) != other.names.end())
      throw_argument(one.option, fmt::format("names {}, and so does {}; expected one of them",
                                             excerpt(name, 80), other.option));
}

[[noreturn]] void refuse_two(const std::string& column, const Role& one, const Role& other) {
  throw_usage("train", fmt::format("{} is {} and {}; expected a column of its own for each",
                                   excerpt(column, 80), one.name, other.name));
}

}  // namespace

void check_roles(const TableRunOptions& o) {
  const auto roles = roles_of(o);
  for (std::size_t i = 0; i < roles.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (!roles[i].column.empty() && roles[i].column == roles[j].column)
        refuse_two(roles[i].column, roles[j], roles[i]);
  const auto [ignore, only, category, number] = lists_of(o);
  refuse_common(ignore, only);
  refuse_common(ignore, category);
  refuse_common(ignore, number);
  refuse_common(category, number);
  if (std::ranges::find(category.names, o.target) != category.names.end())
    throw_usage("train", fmt::format("--category names {}, the target; --task classes makes its "
                                     "numbers classes",
                                     excerpt(o.target, 80)));
}

void check_roles(OpenTable& open, const TableRunOptions& o) {
  const Table& table = open.table;
  std::vector<std::pair<int, Role>> taken;
  for (const Role& role : roles_of(o)) {
    if (role.column.empty()) continue;
    const int column = find_column(table, role.column);
    for (const auto& [other, its] : taken)
      if (other == column) refuse_two(table.names[static_cast<std::size_t>(column)], its, role);
    taken.emplace_back(column, role);
  }
  for (const auto& [option, names] : lists_of(o))
    for (const std::string& name : names) {
      const int column = find_column(table, name);
      const auto role =
          std::ranges::find_if(taken, [&](const auto& one) { return one.first == column; });
      if (role == taken.end() || &role->second.column == &o.split_by_time) continue;
      if (option == std::string_view("--category") && column == open.target)
        throw_usage("train",
                    fmt::format("--category names {}, the target; --task classes makes its "
                                "numbers classes",
                                table.name_of(column)));
      open.notes.push_back(fmt::format("{} names {}, {}: that is no input anyway", option,
                                       table.name_of(column), role->second.name));
    }
}

}  // namespace downhill::detail
