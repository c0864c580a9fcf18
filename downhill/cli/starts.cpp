#include "downhill/cli/starts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "downhill/cli/json.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/core/options.h"

namespace downhill::cli {
namespace {

using Range2 = std::pair<double, double>;

std::pair<std::string, Range2> side_of(std::string_view part) {
  const std::size_t equals = part.find('='), dots = part.find("..", std::min(equals, part.size()));
  Range2 side;
  if (equals == part.npos || equals == 0 || dots == part.npos ||
      !read_option(std::string(part.substr(equals + 1, dots - equals - 1)), side.first).empty() ||
      !read_option(std::string(part.substr(dots + 2)), side.second).empty() ||
      !kFinite.contains(side.first) || !kFinite.contains(side.second))
    throw_argument("--box:", fmt::format("'{}' is not variable=low..high, as in x=-5..5", part));
  if (!(side.first < side.second))
    throw_argument("--box:", fmt::format("'{}' is empty: low must be below high", part));
  return {std::string(part.substr(0, equals)), side};
}

std::string place_text(const MinimizeEnd& end, const std::vector<std::string>& variables) {
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(variables.size(), 4); ++i)
    text += fmt::format("{}{} = {:.5g}", i > 0 ? ", " : "", variables[i], end.x[i]);
  return variables.size() > 4 ? text + ", ..." : text;
}

std::string figure(const std::optional<double>& value) {
  return value ? fmt::format("{:.4g}", *value) : "-";
}

}  // namespace

std::vector<Range2> box_from(const std::string& text, const std::vector<std::string>& variables) {
  std::vector<std::optional<Range2>> found(variables.size());
  std::string_view rest = text;
  for (bool more = !rest.empty(); more;) {
    const std::size_t comma = rest.find(',');
    more = comma != rest.npos;
    const auto [name, side] = side_of(rest.substr(0, comma));
    rest.remove_prefix(more ? comma + 1 : rest.size());
    const auto at = std::ranges::find(variables, name);
    if (at == variables.end())
      throw_argument("--box", fmt::format("has {}, which is no variable of the formula ({})", name,
                                          fmt::join(variables, ", ")));
    auto& place = found[static_cast<std::size_t>(at - variables.begin())];
    if (place) throw_argument("--box:", fmt::format("{} is given twice", name));
    place = side;
  }
  std::vector<Range2> box;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (!found[i]) throw_argument("--box", fmt::format("has no range for {}", variables[i]));
    box.push_back(*found[i]);
  }
  return box;
}

std::string starts_text(const MinimizeStarts& found, const std::string& method) {
  std::string text =
      fmt::format("{} ends of {} starts of {}\n", found.ends.size(), found.starts, method);
  text += fmt::format("  {:>12} {:<10} {:>7} {:>10} {:>10}  {}\n", "value", "state", "starts",
                      "barrier", "bent", "at");
  constexpr std::size_t kShown = 20;
  for (std::size_t i = 0; i < std::min(found.ends.size(), kShown); ++i) {
    const MinimizeEnd& end = found.ends[i];
    const bool there = end.reached();
    text += fmt::format("  {:>12.6g} {:<10} {:>6.3g}% {:>10} {:>10}  {}\n", end.value,
                        there ? downhill::text_of(end.state) : downhill::text_of(end.ended),
                        100 * end.share, figure(end.barrier), figure(end.bent),
                        there ? place_text(end, found.variables) : "");
  }
  if (found.ends.size() > kShown)
    text += fmt::format("  and {} more\n", found.ends.size() - kShown);
  return text + "barriers: how high the way to the lowest end climbs, straight and bent downhill\n";
}

std::string starts_json(const MinimizeStarts& found, const std::string& method) {
  JsonWriter json;
  json.begin_object();
  json.member("starts", found.starts);
  json.member("optimizer", method);
  json.objects("ends", found.ends, [&](const MinimizeEnd& end) {
    json.member("value", end.value);
    json.member("state", downhill::text_of(end.state));
    json.member("ended", downhill::text_of(end.ended));
    json.member("starts", end.starts);
    json.member("share", end.share);
    json.member("barrier", end.barrier);
    json.member("bent_barrier", end.bent);
    json.key("x");
    json.begin_object();
    for (std::size_t i = 0; i < end.x.size(); ++i) json.member(found.variables[i], end.x[i]);
    json.end_object();
  });
  json.end_object();
  return json.take();
}

std::string starts_text(const TableStarts& found) {
  std::size_t width = 7;  // of the longest verdict
  for (const TableStart& s : found.starts) width = std::max(width, s.run.fit.verdict.name.size());
  std::string text =
      fmt::format("  {:<7} {:<{}} {:>11} {:>11} {:>11} {:>10} {:>10}\n", "start", "verdict", width,
                  "train", "validation", "test", "barrier", "bent");
  for (std::size_t i = 0; i < found.starts.size(); ++i) {
    const TableStart& s = found.starts[i];
    text += fmt::format("  {:<7} {:<{}} {:>11.5g} {:>11} {:>11} {:>10} {:>10}\n",
                        fmt::format("{}{}", s.start, found.best == i ? " best" : ""),
                        s.run.fit.verdict.name, width, s.train_loss, figure(s.validation_loss),
                        figure(s.test_loss), figure(s.barrier), figure(s.bent));
  }
  text +=
      "barriers: how high the training loss climbs on the way to the best start's weights,\n"
      "straight and bent downhill\n";
  if (!found.sentence.empty()) text += found.sentence + "\n";
  return found.best ? text + found.starts[*found.best].run.out.string() + "\n" : text;
}

std::string starts_json(const TableStarts& found) {
  JsonWriter json;
  json.begin_object();
  json.objects("starts", found.starts, [&](const TableStart& s) {
    json.member("start", s.start);
    json.member("verdict", s.run.fit.verdict.name);
    json.member("state", s.run.fit.stands.stands);
    json.member("ended", std::string(downhill::text_of(s.run.fit.ended)));
    json.member("train_loss", s.train_loss);
    json.member("validation_loss", s.validation_loss);
    json.member("test_loss", s.test_loss);
    json.member("barrier", s.barrier);
    json.member("bent_barrier", s.bent);
    json.member("out", s.run.out.string());
  });
  json.member("best", found.best ? std::optional(found.starts[*found.best].start) : std::nullopt);
  json.member("rank_correlation", found.rank_correlation);
  json.member("sentence", found.sentence);
  json.end_object();
  return json.take();
}

}  // namespace downhill::cli
