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
  const std::array<std::pair<const char*, std::vector<std::string>>, 4> lists = {
      {{"--ignore", list_of(o.ignore)},
       {"--only", list_of(o.only)},
       {"--category", list_of(o.category)},
       {"--number", list_of(o.number)}}};
  for (const auto& [one, two] : {std::pair(0, 1), {0, 2}, {0, 3}, {2, 3}})
    for (const std::string& name : lists[static_cast<std::size_t>(one)].second) {
      const auto& [option, names] = lists[static_cast<std::size_t>(two)];
      if (std::ranges::find(names, name) != names.end())
        throw_argument(lists[static_cast<std::size_t>(one)].first,
                       fmt::format("names {}, and so does {}; expected one of them",
                                   excerpt(name, 80), option));
    }
  const auto categories = list_of(o.category);
  if (std::ranges::find(categories, o.target) != categories.end())
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
  const std::array<std::pair<const char*, const std::string&>, 4> lists = {
      {{"--ignore", o.ignore},
       {"--only", o.only},
       {"--category", o.category},
       {"--number", o.number}}};
  for (const auto& [option, text] : lists)
    for (const std::string& name : list_of(text)) {
      const int column = find_column(table, name);
      const auto role =
          std::ranges::find_if(taken, [&](const auto& one) { return one.first == column; });
      if (role == taken.end() || &role->second.column == &o.split_by_time) continue;
      if (&text == &o.category && column == open.target)
        throw_usage("train",
                    fmt::format("--category names {}, the target; --task classes makes its "
                                "numbers classes",
                                table.name_of(column)));
      open.notes.push_back(fmt::format("{} names {}, {}: that is no input anyway", option,
                                       table.name_of(column), role->second.name));
    }
}

}  // namespace downhill::detail
