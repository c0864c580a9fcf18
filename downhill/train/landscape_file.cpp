#include "downhill/train/landscape_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "downhill/core/error.h"
#include "downhill/core/options.h"
#include "downhill/io/atomic_file.h"
#include "downhill/io/input_file.h"
#include "downhill/io/json_reader.h"
#include "downhill/io/json_writer.h"

namespace downhill {
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

/// The members of a file's objects; what is missing or of another kind is refused by name.
class Members {
 public:
  Members(const InputFile& file, JsonView object) : file_(file), object_(object) {
    if (!object.is(JsonKind::object)) file.refuse("holds no landscape: expected an object");
  }
  std::optional<JsonView> find(const char* name, JsonKind kind) const {
    const auto found = object_.find(name);
    if (found && !(kind == JsonKind::real ? found->is_number() : found->is(kind)))
      file_.refuse(fmt::format("holds no landscape: '{}' is of another kind", name));
    return found;
  }
  JsonView operator()(const char* name, JsonKind kind) const {
    const auto found = find(name, kind);
    if (!found) file_.refuse(fmt::format("holds no landscape: '{}' is missing", name));
    return *found;
  }
  std::string text(const char* name) const {
    return std::string((*this)(name, JsonKind::text).text());
  }
  double number(const char* name) const { return (*this)(name, JsonKind::real).number(); }
  std::vector<double> numbers(const char* name) const {
    return numbers_of((*this)(name, JsonKind::list));
  }
  static std::vector<double> numbers_of(JsonView list) {
    std::vector<double> all;
    list.items([&](JsonView value) { all.push_back(number_of(value)); });
    return all;
  }

 private:
  const InputFile& file_;
  JsonView object_;
};

void read_path(const InputFile& file, const Members& root, RunLandscape& l) {
  const auto path = root.find("path", JsonKind::list);
  if (!path) return;
  path->items([&](JsonView place) {
    if (!place.is(JsonKind::list) || place.size() != 2)
      file.refuse("holds no landscape: a place of the path is no pair");
    const std::vector<double> pair = Members::numbers_of(place);
    l.path.push_back({pair[0], pair[1]});
  });
  l.farthest_off = root.number("farthest_off");
  l.farthest = root.number("farthest");
}

RunLandscape landscape_in(const InputFile& file, const Members& root) {
  RunLandscape l;
  l.title = root.text("title");
  l.about = root.text("about");
  int kind = 0;
  if (!read_word(root.text("directions"), words_of(Directions{}), kind).empty())
    file.refuse("holds no landscape: unknown directions");
  l.directions = static_cast<Directions>(kind);
  const double points = root.number("points");
  if (!(points >= 2 && points <= 10000)) file.refuse("holds no landscape: points out of range");
  l.points = static_cast<int>(points);
  root("axes", JsonKind::list).items([&](JsonView one) {
    const Members axis(file, one);
    l.axes.push_back(
        {axis.text("name"), axis.number("low"), axis.number("high"), axis.number("length")});
  });
  if (l.axes.empty() || l.axes.size() > 2) file.refuse("holds no landscape: expected 1 or 2 axes");
  l.center = number_of(root("center", JsonKind::real));
  if (root.find("other_loss", JsonKind::real)) l.other_loss = root.number("other_loss");
  if (root.find("barrier", JsonKind::real)) l.barrier = root.number("barrier");
  read_path(file, root, l);
  if (const auto again = root.find("again", JsonKind::list))
    again->items([&](JsonView line) { l.again.push_back(Members::numbers_of(line)); });
  l.values = root.numbers("values");
  const auto side = static_cast<std::size_t>(l.points);
  if (l.values.size() > side * (l.axes.size() == 1 ? 1 : side))
    file.refuse("holds more values than points");
  return l;
}

}  // namespace

void write_landscape(const std::filesystem::path& path, const RunLandscape& landscape) {
  write_atomically(path, json_of(landscape).take() + "\n");
}

RunLandscape read_landscape(const std::filesystem::path& path) {
  const InputFile file(path, FileError::Kind::model);
  if (file.size() > kMostBytes) file.refuse("is larger than any landscape's figures");
  std::string text(file.size(), '\0');
  file.read(0, text.data(), text.size());
  try {
    const JsonDocument document = JsonDocument::parse(text, {.bytes = kMostBytes});
    return landscape_in(file, Members(file, document.root()));
  } catch (const JsonError& error) {
    file.refuse(error.byte(), error.what());
  }
}

bool same_measurement(const RunLandscape& a, const RunLandscape& b) {
  const auto same = [](const LandscapeAxis& x, const LandscapeAxis& y) {
    return x.name == y.name && x.low == y.low && x.high == y.high && x.length == y.length;
  };
  return a.directions == b.directions && a.points == b.points && a.center == b.center &&
         std::ranges::equal(a.axes, b.axes, same);
}

}  // namespace downhill
