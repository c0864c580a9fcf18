#include "downhill/catalog/loss_doc.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "downhill/catalog/detail/loss_headers.h"
#include "downhill/core/error.h"
#include "downhill/losses/list.h"

namespace downhill {
namespace {

constexpr std::array<std::string_view, 8> kParts = {"Shapes", "Units",  "Gradient", "Numerics",
                                                    "Mean",   "Throws", "Source",   "Differs"};
constexpr std::string_view kMark = "///", kIndented = "     ";

/// The lines of the comment above the struct that has this name, without their marks.
std::vector<std::string_view> comment_of(std::string_view name) {
  const std::string_view all = detail::loss_headers();
  const std::size_t at = all.find(fmt::format("BuiltIn name = \"{}\"", name));
  if (at == std::string_view::npos) throw_unknown("loss", name, Losses::names());
  std::size_t end = all.rfind("\nstruct ", at);
  std::vector<std::string_view> lines;
  while (end != std::string_view::npos && end > 0) {
    const std::size_t begin = all.rfind('\n', end - 1) + 1;
    const std::string_view line = all.substr(begin, end - begin);
    if (!line.starts_with(kMark)) break;
    lines.push_back(line.substr(kMark.size()));
    end = begin - 1;
  }
  std::ranges::reverse(lines);
  return lines;
}

/// The part that a line begins, if it does.
std::string_view part_begun(std::string_view line) {
  for (const std::string_view part : kParts)
    if (line.starts_with(fmt::format(" {}  ", part))) return part;
  return {};
}

std::string_view trimmed(std::string_view line) {
  const std::size_t first = line.find_first_not_of(' ');
  return first == std::string_view::npos ? std::string_view() : line.substr(first);
}

void append(std::string& text, std::string_view words, char between) {
  if (!text.empty()) text += between;
  text += words;
}

}  // namespace

const std::string& LossDoc::part(std::string_view name) const {
  static const std::string none;
  for (const auto& [part, text] : parts)
    if (part == name) return text;
  return none;
}

LossDoc loss_doc(std::string_view name) {
  LossDoc doc;
  bool in_formula = false;
  for (const std::string_view line : comment_of(name)) {
    if (const std::string_view part = part_begun(line); !part.empty()) {
      doc.parts.emplace_back(part, trimmed(line.substr(part.size() + 1)));
    } else if (!doc.parts.empty()) {
      if (!trimmed(line).empty()) append(doc.parts.back().second, trimmed(line), ' ');
    } else if (line.starts_with(kIndented) || in_formula) {
      in_formula = true;
      append(doc.formula,
             line.starts_with(kIndented) ? line.substr(kIndented.size()) : trimmed(line), '\n');
    } else if (!trimmed(line).empty()) {
      append(doc.summary, trimmed(line), ' ');
    }
  }
  while (doc.formula.ends_with('\n')) doc.formula.pop_back();
  return doc;
}

}  // namespace downhill
