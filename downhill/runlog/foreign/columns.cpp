#include "downhill/runlog/foreign/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/io/utf8.h"
#include "downhill/runlog/foreign/fit.h"
#include "downhill/runlog/foreign/words.h"

namespace downhill::foreign {
namespace {

std::size_t values_in(const LogTable& table, std::size_t column) {
  return static_cast<std::size_t>(
      std::ranges::count_if(table.columns[column], [](const auto& c) { return c.has_value(); }));
}

// XGBoost numbers its sets as they were given: by custom the training rows first.
void take_numbered(const LogTable& table, Columns& columns) {
  const auto find = [&](const char* set) {
    const auto at = std::ranges::find_if(table.names, [&](const std::string& name) {
      return name.starts_with(set) && fit_of(name).role == Role::val_loss;
    });
    return at == table.names.end() ? std::optional<std::size_t>() : at - table.names.begin();
  };
  const auto first = find("validation_0"), second = find("validation_1");
  if (!first || !second) return;
  columns.by_role[static_cast<std::size_t>(Role::loss)] = first;
  columns.by_role[static_cast<std::size_t>(Role::val_loss)] = second;
}

void take_told(const LogTable& table, const std::vector<std::string>& told, Columns& columns) {
  for (const std::string& pair : told) {
    const std::size_t at = pair.find('=');
    Role role{};
    const std::string name = pair.substr(0, at);
    const std::string expected = at == std::string::npos ? "role=column" : read_option(name, role);
    if (!expected.empty())
      throw_argument("--column",
                     fmt::format("= {} is not understood; expected {}", excerpt(pair), expected));
    const auto found = table.places.find(pair.substr(at + 1));
    if (found == table.places.end())
      refuse(table.file, 0,
             fmt::format(
                 "there is no column {}; there are {}", excerpt(pair.substr(at + 1)),
                 fmt::join(table.names.begin(),
                           table.names.begin() + static_cast<std::ptrdiff_t>(
                                                     std::min<std::size_t>(table.names.size(), 20)),
                           ", ")));
    columns.by_role[static_cast<std::size_t>(role)] = found->second;
  }
}

bool of_other_run(const std::string& name, const std::string& run) {
  const std::string own = run_in(name);
  return !run.empty() && !own.empty() && own != run;
}

// How many values speak for a column; the entropy of a policy has no say.
std::size_t votes_of(const LogTable& table, std::size_t c) {
  const std::size_t count = values_in(table, c);
  return is_entropy(words_in(table.names[c])) ? std::min<std::size_t>(count, 1) : count;
}

// The best of each role, but for those that `given` has, among the columns of one run.
Columns best_of(const LogTable& table, const Columns& given, const std::string& run) {
  Columns columns = given;
  std::array<std::pair<int, std::size_t>, words_of(Role{}).size()> best = {};
  for (std::size_t c = 0; c < table.names.size(); ++c) {
    const Fit fit = fit_of(table.names[c]);
    const std::size_t count = votes_of(table, c), role = static_cast<std::size_t>(fit.role);
    if (fit.points == 0 || (count == 0 && !table.texts.contains(c)) || given.by_role[role] ||
        of_other_run(table.names[c], run))
      continue;
    if (fit.role == Role::grad_norm)
      if (const std::string layer = layer_of(table.names[c]); !layer.empty()) {
        columns.layers.emplace_back(c, layer);
        continue;
      }
    // A name that fits better wins unless it has far fewer values.
    auto& [points, most] = best[role];
    const bool better =
        !columns.by_role[role] || (fit.points > points && 2 * count > most) || count > 2 * most;
    if (!better) continue;
    columns.by_role[role] = c;
    points = fit.points;
    most = count;
  }
  return columns;
}

// Whose columns are taken where a table has those of several runs: that of a column that was told,
// else of the loss.
std::string run_taken(const LogTable& table, const Columns& given) {
  for (const auto& c : given.by_role)
    if (c && !run_in(table.names[*c]).empty()) return run_in(table.names[*c]);
  const Columns all = best_of(table, given, "");
  for (const Role role : {Role::loss, Role::epoch_loss, Role::val_loss})
    if (const auto c = all.of(role)) return run_in(table.names[*c]);
  return "";
}

std::string some_of(const Names& names) {
  constexpr std::ptrdiff_t kMost = 5;
  const auto shown = std::min(std::ssize(names), kMost);
  return fmt::format(
      "{}{}", fmt::join(names.begin(), names.begin() + shown, ", "),
      std::ssize(names) > shown ? fmt::format(" and {} more", std::ssize(names) - shown) : "");
}

// The words of a name without those that say of which rows it is.
Names part_of(const std::string& name) {
  Names words = words_in(without_run(name));
  std::erase_if(words, [](const std::string& word) {
    return kTrain.contains(word) || kValidation.contains(word) || kTest.contains(word);
  });
  return words;
}

// To a part of the training loss belongs that part on validation rows: train/cls_loss, val/cls_loss.
void pair_validation(const LogTable& table, const std::string& run, Columns& columns) {
  const auto loss = columns.of(Role::loss), validation = columns.of(Role::val_loss);
  if (!loss || !validation) return;
  const Fit best = fit_of(table.names[*validation]);
  for (std::size_t c = 0; c < table.names.size(); ++c) {
    const Fit fit = fit_of(table.names[c]);
    if (c != *loss && fit.role == Role::val_loss && fit.points == best.points &&
        !of_other_run(table.names[c], run) &&
        2 * votes_of(table, c) > votes_of(table, *validation) &&
        part_of(table.names[c]) == part_of(table.names[*loss])) {
      columns.by_role[static_cast<std::size_t>(Role::val_loss)] = c;
      return;
    }
  }
}

// Of the losses that fit no worse than the one that was taken, which are left out.
void note_left_out(const LogTable& table, const Columns& given, const std::string& run,
                   Columns& columns) {
  Names other_runs;
  for (const Role role : {Role::loss, Role::val_loss}) {
    const auto taken = columns.of(role);
    if (!taken || given.of(role)) continue;
    const Fit best = fit_of(table.names[*taken]);
    Names equal;
    for (std::size_t c = 0; c < table.names.size(); ++c) {
      const std::string& name = table.names[c];
      const Fit fit = fit_of(name);
      const bool used =
          std::ranges::find(columns.by_role, std::optional(c)) != columns.by_role.end();
      if (used || fit.role != best.role || fit.points != best.points) continue;
      if (of_other_run(name, run)) other_runs.push_back(name);
      else if (2 * votes_of(table, c) > votes_of(table, *taken)) equal.push_back(name);
    }
    if (!equal.empty())
      columns.left_out.push_back(
          fmt::format("left out, though they fit as well as {}: {}; to take one --column '{}={}'",
                      table.names[*taken], some_of(equal), text_of(role), equal.front()));
  }
  if (!other_runs.empty())
    columns.left_out.push_back(
        fmt::format("left out, as of other runs than {}: {}; to take one --column 'loss={}'", run,
                    some_of(other_runs), other_runs.front()));
}

}  // namespace

Columns recognise(const LogTable& table, const std::vector<std::string>& told) {
  Columns given;
  take_told(table, told, given);
  const std::string run = run_taken(table, given);
  Columns columns = best_of(table, given, run);
  auto& step_loss = columns.by_role[static_cast<std::size_t>(Role::loss)];
  if (!step_loss) std::swap(step_loss, columns.by_role[static_cast<std::size_t>(Role::epoch_loss)]);
  if (!step_loss) take_numbered(table, columns);
  // What TensorBoard saves of one curve.
  if (const auto value = table.places.find("Value");
      !step_loss && value != table.places.end() && table.places.contains("Wall time"))
    step_loss = value->second;
  auto& own = columns.by_role[static_cast<std::size_t>(Role::val_accuracy)];
  auto& plain = columns.by_role[static_cast<std::size_t>(Role::accuracy)];
  const bool trained = plain && any(words_in(table.names[*plain]), kTrain);
  if (!own && plain && !trained && columns.of(Role::val_loss)) std::swap(own, plain);  // fastai
  if (!given.of(Role::val_loss)) pair_validation(table, run, columns);
  note_left_out(table, given, run, columns);
  return columns;
}

}  // namespace downhill::foreign
