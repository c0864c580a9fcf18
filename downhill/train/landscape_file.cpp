#include "downhill/train/detail/landscape_file.h"

#include <fmt/format.h>

#include <limits>

#include "downhill/core/error.h"
#include "downhill/io/atomic_file.h"
#include "downhill/io/input_file.h"
#include "downhill/io/json_reader.h"
#include "downhill/io/json_writer.h"

namespace downhill::detail {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 28;

JsonWriter json_of(const RunLandscape& l) {
  JsonWriter json;
  json.begin_object();
  json.member("title", l.title);
  json.member("about", l.about);
  json.member("directions", text_of(l.directions));
  json.member("points", l.points);
  json.objects("axes", l.axes, [&](const LandscapeAxis& axis) {
    json.member("name", axis.name);
    json.member("low", axis.low);
    json.member("high", axis.high);
    json.member("length", axis.length);
  });
  json.member("center", l.center);
  if (l.other_loss) json.member("other_loss", *l.other_loss);
  if (l.barrier) json.member("barrier", *l.barrier);
  if (!l.path.empty()) {
    json.key("path");
    json.begin_list();
    for (const auto& place : l.path) json.value(std::vector<double>{place[0], place[1]});
    json.end_list();
    json.member("farthest_off", l.farthest_off);
    json.member("farthest", l.farthest);
  }
  if (!l.again.empty()) json.member("again", l.again);
  json.member("values", l.values);
  json.end_object();
  return json;
}

// A number, or one of the words for what is none.
double number_of(JsonView value) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  if (value.is_number()) return value.number();
  if (value.is(JsonKind::text) && value.text() == "inf") return kInfinite;
  if (value.is(JsonKind::text) && value.text() == "-inf") return -kInfinite;
  return std::numeric_limits<double>::quiet_NaN();
}

bool same_axes(JsonView list, const std::vector<LandscapeAxis>& axes) {
  if (!list.is(JsonKind::list) || list.size() != axes.size()) return false;
  std::size_t i = 0;
  bool same = true;
  list.items([&](JsonView axis) {
    if (!axis.is(JsonKind::object)) return void(same = false);
    const auto number = [&](const char* name, double expected) {
      const auto found = axis.find(name);
      same = same && found && found->is_number() && found->number() == expected;
    };
    const auto name = axis.find("name");
    same = same && name && name->is(JsonKind::text) && name->text() == axes[i].name;
    number("low", axes[i].low);
    number("high", axes[i].high);
    number("length", axes[i].length);
    ++i;
  });
  return same;
}

}  // namespace

void write_landscape(const std::filesystem::path& path, const RunLandscape& landscape) {
  write_atomically(path, json_of(landscape).take() + "\n");
}

std::vector<double> read_landscape(const std::filesystem::path& path, const RunLandscape& same) {
  const InputFile file(path, FileError::Kind::model);
  if (file.size() > kMostBytes) file.refuse("is larger than any landscape's figures");
  std::string text(file.size(), '\0');
  file.read(0, text.data(), text.size());
  try {
    const JsonDocument document = JsonDocument::parse(text, {.bytes = kMostBytes});
    const JsonView root = document.root();
    const auto member = [&](const char* name) -> JsonView {
      const auto found = root.is(JsonKind::object) ? root.find(name) : std::nullopt;
      if (!found) file.refuse(fmt::format("holds no landscape: '{}' is missing", name));
      return *found;
    };
    const JsonView directions = member("directions"), center = member("center"),
                   points = member("points");
    if (!directions.is(JsonKind::text) || directions.text() != text_of(same.directions) ||
        !center.is_number() || center.number() != same.center || !points.is(JsonKind::whole) ||
        points.whole() != static_cast<std::uint64_t>(same.points) ||
        !same_axes(member("axes"), same.axes))
      file.refuse(
          "is the landscape of another run, or in other directions or ranges; another --out, or "
          "without --resume");
    std::vector<double> values;
    member("values").items([&](JsonView value) { values.push_back(number_of(value)); });
    if (values.size() > static_cast<std::size_t>(same.points) *
                            (same.axes.size() == 1 ? 1 : static_cast<std::size_t>(same.points)))
      file.refuse("holds more values than points");
    return values;
  } catch (const JsonError& error) {
    file.refuse(error.byte(), error.what());
  }
}

}  // namespace downhill::detail
