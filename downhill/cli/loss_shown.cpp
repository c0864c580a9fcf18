#include "downhill/cli/loss_shown.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "downhill/catalog/loss_doc.h"
#include "downhill/cli/plot.h"
#include "downhill/cli/reference.h"
#include "downhill/core/error.h"
#include "downhill/io/json_writer.h"

namespace downhill::cli {
namespace {

constexpr std::size_t kWidest = 100, kNarrowest = 40, kRows = 9, kNames = 11;

bool is_listed(const std::string& name) {
  const auto all = list_losses();
  return std::ranges::any_of(all, [&](const CatalogEntry& entry) { return entry.name == name; });
}

/// Words filled into lines, those after the first behind so many blanks.
std::string filled(const std::string& words, std::size_t indent, std::size_t width) {
  std::string text, line;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    const std::string word = words.substr(at, end - at);
    if (!line.empty() && indent + line.size() + 1 + word.size() > width) {
      text += line + "\n" + std::string(indent, ' ');
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
    at = end + 1;
  }
  return text + line + "\n";
}

std::string named(const std::string& name, const std::string& words, std::size_t width) {
  return words.empty() ? "" : fmt::format("{:<{}}", name, kNames) + filled(words, kNames, width);
}

std::string option_lines(const ShownLoss& shown, std::size_t width) {
  std::string text;
  const Spec now = parse_spec(shown.loss.text(), "loss");
  for (const CatalogOption& option : options_of_loss(shown.loss.name())) {
    std::string value = option.default_text;
    for (const auto& [name, given] : now.options)
      if (name == option.name) value = given;
    const std::string words = fmt::format(
        "{}={}: {}{}{}", option.name, value, option.doc,
        option.range.empty() ? "" : ", in " + option.range,
        value == option.default_text ? "" : fmt::format(" (default {})", option.default_text));
    text += named(text.empty() ? "options" : "", words, width);
  }
  return text;
}

std::string description(const ShownLoss& shown, std::size_t width) {
  std::string text = shown.text + "\n";
  if (!is_listed(shown.loss.name()))
    return text + "\n" + named("takes", takes_text(shown.loss), width);
  const LossDoc doc = loss_doc(shown.loss.name());
  text += filled(doc.summary, 0, width) + "\n";
  for (std::size_t at = 0; at < doc.formula.size();) {
    const std::size_t end = std::min(doc.formula.find('\n', at), doc.formula.size());
    text += "    " + doc.formula.substr(at, end - at) + "\n";
    at = end + 1;
  }
  text += "\n" + option_lines(shown, width) + named("takes", takes_text(shown.loss), width);
  for (const auto& [part, words] : doc.parts) {
    std::string name = part;
    name[0] = static_cast<char>(name[0] - 'A' + 'a');
    text += named(name, words, width);
  }
  return text;
}

std::string axis_line(const LossCurves& curves, std::size_t width) {
  const std::string low = fmt::format("{:.3g}", curves.x.front()),
                    high = fmt::format("{:.3g}", curves.x.back());
  const std::size_t inside = width - kNames;
  const std::string middle =
      curves.axis.size() + low.size() + high.size() + 2 < inside ? curves.axis : "";
  const std::size_t left = (inside - middle.size()) / 2;
  std::string line = std::string(kNames, ' ') + low;
  line += std::string(std::max<std::size_t>(left, low.size()) - low.size(), ' ') + middle;
  const std::size_t end = width - high.size();
  return line + std::string(std::max(end, line.size()) - line.size(), ' ') + high + "\n";
}

std::string plots(const LossCurves& curves, std::size_t width) {
  std::string text;
  if (!curves.about.empty()) text += named("at", curves.about, width);
  if (curves.curves.size() > 1) {
    std::string legend;
    for (std::size_t k = 0; k < curves.curves.size(); ++k)
      legend += fmt::format("{}{} {}", k == 0 ? "" : "; ", plot_letter(k), curves.curves[k].name);
    text += named("curves", legend, width);
  }
  const std::array<std::pair<const char*, std::vector<double> LossCurve::*>, 3> parts = {
      {{"loss", &LossCurve::value},
       {"gradient", &LossCurve::gradient},
       {"curvature", &LossCurve::curvature}}};
  for (const auto& [name, member] : parts) {
    std::vector<std::vector<double>> lines;
    for (const LossCurve& curve : curves.curves) lines.push_back(curve.*member);
    text += fmt::format("\n{}\n{}", name, plot_text(lines, width, kRows));
  }
  return text + axis_line(curves, width);
}

std::size_t fitted(std::size_t width) { return std::clamp(width, kNarrowest, kWidest); }

/// Places of the table: errors that are small, of the size of 1, and large.
std::vector<double> table_places(const LossSlice& slice) {
  if (slice.low < 0 && slice.high >= 1) return {0.1, 1, 10};
  return {slice.low, 0.5 * (slice.low + slice.high), slice.high};
}

std::vector<Compared> compared_of(const std::vector<ShownLoss>& losses) {
  std::vector<Compared> all;
  for (const ShownLoss& one : losses) all.push_back({one.text, one.slice});
  return all;
}

void write_description(JsonWriter& json, const ShownLoss& shown) {
  json.member("loss", shown.text);
  json.member("name", shown.loss.name());
  json.member("takes", takes_text(shown.loss));
  if (!is_listed(shown.loss.name())) return;
  const LossDoc doc = loss_doc(shown.loss.name());
  json.member("summary", doc.summary);
  json.member("formula", doc.formula);
  write_options(json, options_of_loss(shown.loss.name()));
  for (const auto& [part, words] : doc.parts) {
    std::string name = part;
    name[0] = static_cast<char>(name[0] - 'A' + 'a');
    json.member(name, words);
  }
}

void write_curves(JsonWriter& json, const LossCurves& curves) {
  json.member("axis", curves.axis);
  json.member("at", curves.about);
  json.member("x", curves.x);
  json.objects("curves", curves.curves, [&](const LossCurve& curve) {
    json.member("name", curve.name);
    json.member("value", curve.value);
    json.member("gradient", curve.gradient);
    json.member("curvature", curve.curvature);
  });
}

}  // namespace

ShownLoss shown_loss(const std::string& spec) {
  const Loss loss = loss_from(spec);
  return {spec, loss, slice_of(loss)};
}

std::string takes_text(const Loss& loss) {
  std::string text;
  for (const Takes takes : loss.takes())
    text += (text.empty() ? "" : ", ") + std::string(text_of(takes));
  if (loss.targets() == 0) return text + "; no target";
  if (loss.takes_labels()) text += "; int64 labels";
  if (const auto& range = loss.target_range())
    text += (loss.takes_labels() ? " or soft targets in " : "; target in ") + range->text();
  if (loss.targets() > 1) text += fmt::format("; {} targets", loss.targets());
  return text;
}

std::vector<CatalogOption> options_of_loss(const std::string& name) {
  for (const CatalogEntry& entry : list_losses())
    if (entry.name == name) return entry.options;
  return {};
}

std::string shown_text(const ShownLoss& shown, std::size_t width) {
  width = fitted(width);
  std::string text = description(shown, width);
  if (shown.slice.lines.empty())
    return text + "\nwithout values there is no line to draw it along\n";
  return text + "\n" + plots(curves_of(shown.slice, kCurvePlaces), width);
}

std::string shown_json(const ShownLoss& shown) {
  JsonWriter json;
  json.begin_object();
  write_description(json, shown);
  if (!shown.slice.lines.empty()) write_curves(json, curves_of(shown.slice, kCurvePlaces));
  json.end_object();
  return json.take() + "\n";
}

std::string compared_text(const std::vector<ShownLoss>& losses, std::size_t width) {
  width = fitted(width);
  const LossCurves curves = curves_together(compared_of(losses));
  std::size_t longest = 4;
  for (const ShownLoss& one : losses)
    longest = std::max(longest, std::min<std::size_t>(one.text.size(), 30));
  std::string text = plots(curves, width) + "\n" + fmt::format("{:<{}}", "loss", longest + 3);
  const std::vector<double> places = table_places(losses.front().slice);
  for (const double x : places) text += fmt::format("{:>10}", fmt::format("{:.3g}", x));
  text += "   gradient\n";
  for (std::size_t k = 0; k < losses.size(); ++k) {
    text += fmt::format("{} {:<{}.{}}", plot_letter(k), losses[k].text, longest + 1, longest + 1);
    std::string slopes;
    for (const double x : places) {
      const LossPoint at = point_of(losses[k].slice.lines.front(), x);
      text += fmt::format("{:>10.4g}", at.value);
      slopes += fmt::format("{:>10.4g}", at.gradient);
    }
    text += " " + slopes + "\n";
  }
  return text;
}

std::string compared_json(const std::vector<ShownLoss>& losses) {
  JsonWriter json;
  json.begin_object();
  json.objects("losses", losses, [&](const ShownLoss& one) {
    write_description(json, one);
    json.key("table");
    json.begin_list();
    for (const double x : table_places(losses.front().slice)) {
      const LossPoint at = point_of(one.slice.lines.front(), x);
      json.begin_object();
      json.member("x", x);
      json.member("value", at.value);
      json.member("gradient", at.gradient);
      json.member("curvature", at.curvature);
      json.end_object();
    }
    json.end_list();
  });
  write_curves(json, curves_together(compared_of(losses)));
  json.end_object();
  return json.take() + "\n";
}

std::vector<std::string> compared_specs(const std::string& text) {
  std::vector<std::string> specs;
  for (const std::string_view piece : split_outside(text, ',')) {
    const std::size_t equals = piece.find('='), colon = piece.find(':');
    const bool option = equals != std::string_view::npos && equals < colon && !specs.empty() &&
                        specs.back().find(':') != std::string::npos;
    if (option) specs.back() += "," + std::string(piece);
    else specs.emplace_back(piece);
  }
  return specs;
}

}  // namespace downhill::cli
