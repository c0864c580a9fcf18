#include <fmt/format.h>

#include <algorithm>

#include "downhill/core/error.h"
#include "downhill/io/input_file.h"
#include "downhill/io/json_bare.h"
#include "downhill/io/json_reader.h"
#include "downhill/io/utf8.h"
#include "downhill/runlog/foreign/log_table.h"

namespace downhill::foreign {
namespace {

constexpr std::size_t kMostBytes = std::size_t{256} << 20;
constexpr JsonLimits kLine{.bytes = std::size_t{16} << 20, .depth = 16, .keys = 10000};
constexpr JsonLimits kDocument{.bytes = kMostBytes, .depth = 16, .keys = 100000};

void add_value(LogTable& table, std::size_t row, const std::string& name, JsonView value) {
  if (value.is_number()) return table.set(row, table.column(name), value.number());
  if (value.is(JsonKind::text)) {
    const auto number = number_from(value.text());
    const std::size_t column = table.column(name);
    if (number) table.set(row, column, *number);
    else table.set_text(row, column, std::string(value.text()));
  }
  if (value.is(JsonKind::object))
    value.members([&](JsonView key, JsonView item) {
      add_value(table, row, name + "/" + std::string(key.text()), item);
    });
}

void add_object(LogTable& table, JsonView object, std::int64_t line) {
  const std::size_t row = table.add_row(line);
  object.members(
      [&](JsonView key, JsonView value) { add_value(table, row, std::string(key.text()), value); });
}

void add_objects(LogTable& table, JsonView list) {
  list.items([&](JsonView item) {
    if (!item.is(JsonKind::object))
      refuse(table.file, 0,
             fmt::format("byte {}: {} in a list of objects", item.byte() + 1, item.kind_name()));
    add_object(table, item, 0);
  });
}

// Lists of numbers, one per column, also in objects within (LightGBM: data, then metric).
void add_lists(LogTable& table, JsonView object, const std::string& before) {
  object.members([&](JsonView key, JsonView value) {
    const std::string name = before + std::string(key.text());
    if (value.is(JsonKind::object)) return add_lists(table, value, name + "/");
    if (!value.is(JsonKind::list)) return;
    std::size_t row = 0;
    value.items([&](JsonView item) {
      if (row == table.rows) table.add_row(0);
      add_value(table, row++, name, item);
    });
  });
}

// Keras' lists hold a figure per epoch; LightGBM's, in objects within, one per tree.
void add_history(LogTable& table, JsonView object) {
  add_lists(table, object, "");
  bool within = false;
  object.members([&](JsonView, JsonView value) { within |= value.is(JsonKind::object); });
  table.by_epoch = !within;
}

// CatBoost: of each round lists of figures, whose names stand apart.
void add_rounds(LogTable& table, JsonView root, JsonView rounds) {
  const auto name_of = [&](std::string_view part, std::size_t place) {
    const auto meta = root.find("meta");
    std::string found = std::to_string(place);
    const auto metrics = meta && meta->is(JsonKind::object)
                             ? meta->find(std::string(part) + "_metrics")
                             : std::nullopt;
    std::size_t at = 0;
    if (metrics && metrics->is(JsonKind::list))
      metrics->items([&](JsonView metric) {
        const auto name = metric.is(JsonKind::object) ? metric.find("name") : std::nullopt;
        if (at++ == place && name && name->is(JsonKind::text)) found = name->text();
      });
    return std::string(part) + "/" + found;
  };
  rounds.items([&](JsonView round) {
    if (!round.is(JsonKind::object)) return;
    const std::size_t row = table.add_row(0);
    round.members([&](JsonView key, JsonView value) {
      if (!value.is(JsonKind::list)) return add_value(table, row, std::string(key.text()), value);
      std::size_t place = 0;
      value.items(
          [&](JsonView figure) { add_value(table, row, name_of(key.text(), place++), figure); });
    });
  });
}

void add_document(LogTable& table, JsonView root) {
  if (root.is(JsonKind::list)) return add_objects(table, root);
  if (!root.is(JsonKind::object)) refuse(table.file, 1, "is no object, list or lines of objects");
  for (const char* name : {"log_history", "history"}) {
    const auto found = root.find(name);
    if (found && found->is(JsonKind::list)) return add_objects(table, *found);
    if (found && found->is(JsonKind::object)) return add_history(table, *found);
  }
  const auto rounds = root.find("iterations");
  if (rounds && rounds->is(JsonKind::list)) return add_rounds(table, root, *rounds);
  add_history(table, root);
}

// Whether the first line is an object by itself, with figures and not with lists.
bool by_lines(std::string_view first) {
  try {
    const JsonDocument line = JsonDocument::parse(without_bare_numbers(first), kLine);
    bool list = false;
    if (!line.root().is(JsonKind::object)) return false;
    line.root().members(
        [&](JsonView, JsonView v) { list |= v.is(JsonKind::list) && v.size() > 1; });
    return !list;
  } catch (const JsonError&) {
    return false;
  }
}

}  // namespace

LogTable read_json(const std::filesystem::path& path) {
  const std::string text = read_file(path, FileError::Kind::data, kMostBytes);
  LogTable table;
  table.file = path.string();
  std::string_view rest = text;
  const std::size_t begin = std::min(rest.find_first_not_of(" \t\r\n"), rest.size());
  const std::size_t line_end = std::min(rest.find('\n', begin), rest.size());
  const bool lines = by_lines(rest.substr(begin, line_end - begin)) &&
                     rest.find_first_not_of(" \t\r\n", line_end) != std::string_view::npos;
  if (!lines) {
    try {
      add_document(table, JsonDocument::parse(without_bare_numbers(rest), kDocument).root());
    } catch (const JsonError& error) {
      refuse(table.file, 0, fmt::format("byte {}: {}", error.byte() + 1, error.what()));
    }
    return table;
  }
  for (std::int64_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    const std::string_view one = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    try {
      const JsonDocument document = JsonDocument::parse(without_bare_numbers(one), kLine);
      if (!document.root().is(JsonKind::object))
        throw JsonError(0, fmt::format("{}; an object was expected", document.root().kind_name()));
      add_object(table, document.root(), line);
    } catch (const JsonError& error) {
      if (end == std::string_view::npos && table.rows > 0) {
        table.notes.push_back(
            fmt::format("{}: line {} was cut short and is left out", table.file, line));
        break;
      }
      refuse(table.file, line, fmt::format("column {}: {}", error.byte() + 1, error.what()));
    }
  }
  return table;
}

}  // namespace downhill::foreign
