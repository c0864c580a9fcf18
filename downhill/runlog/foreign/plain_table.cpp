#include "downhill/runlog/foreign/plain_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "downhill/runlog/foreign/log_table.h"

namespace downhill::foreign {
namespace {

using Lines = std::vector<std::string_view>;

bool empty(std::string_view line) { return line.find_first_not_of(" \t\r") == line.npos; }

// "|---|---|", "---  ------"
bool is_rule(std::string_view line) {
  return !empty(line) && line.find_first_not_of("|-=:+ ") == line.npos;
}

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Cells with so many blanks between them at least.
Lines padded(std::string_view line, std::size_t blanks) {
  Lines cells;
  for (std::size_t at = line.find_first_not_of(' '); at < line.size();) {
    std::size_t end = std::min(line.find(std::string(blanks, ' '), at), line.size());
    cells.push_back(line.substr(at, end - at));
    if (cells.back().ends_with(' ')) cells.back().remove_suffix(1);
    at = line.find_first_not_of(' ', end);
  }
  return cells;
}

/// Cells between bars.
Lines barred(std::string_view line) {
  line.remove_prefix(line.find('|') + 1);
  Lines cells;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find('|'), line.size());
    const Lines words = padded(line.substr(0, end), end + 1);
    cells.push_back(words.empty() ? std::string_view() : words[0]);
    line.remove_prefix(std::min(end + 1, line.size()));
    if (empty(line)) break;
  }
  return cells;
}

std::size_t count_of(std::string_view line) {
  const auto cells =
      1 + std::ranges::count_if(line, [](char c) { return c == ',' || c == ';' || c == '\t'; });
  return cells > 1 ? static_cast<std::size_t>(cells) : padded(line, 1).size();
}

// NumPy writes the names of the columns as a comment above numbers.
bool names_columns(std::string_view comment, std::string_view below) {
  const auto first = number_from(below.substr(0, below.find_first_of(",;\t ")));
  const bool numbers = std::ranges::any_of(padded(comment, 1), [](std::string_view word) {
    return number_from(word.substr(0, word.find_last_not_of(",;") + 1)).has_value();
  });
  return first && !numbers && count_of(comment) > 1 && count_of(comment) == count_of(below);
}

// Whether a line ends within a quoted cell, which goes on in the next one.
bool ends_in_quotes(std::string_view line, bool within) {
  bool begins = true;
  for (const char c : line) {
    if (c == '"' && (within || begins)) within = !within, begins = true;  // "" is one that stays
    else begins = !within && (c == ',' || c == ';' || c == '\t');
  }
  return within;
}

void leave_comments_out(Lines& lines, int& comments) {
  std::size_t last = lines.size();
  bool table = false, quoted = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string_view& line = lines[i];
    if (empty(line)) continue;
    const bool comment = !quoted && line.starts_with('#');
    if (!comment) quoted = ends_in_quotes(line, quoted);
    if (comment) {
      line.remove_prefix(std::min(line.find_first_not_of("# "), line.size()));
      if (!table) last = i;
      else line = {};
      ++comments;
      continue;
    }
    if (table) continue;
    table = true;
    const bool header = last < i && names_columns(lines[last], line);
    comments -= header ? 1 : 0;
    for (std::size_t above = 0; above < i; ++above)
      if (above != last || !header) lines[above] = {};
  }
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string_view line : lines) (text += line) += '\n';
  return text;
}

// How many blanks stand between the names of the columns, at least; 0: it is no such table.
std::size_t blanks_between(std::string_view head, std::string_view first) {
  const Lines cells = padded(first, 1);
  for (const std::size_t blanks : {1U, 2U}) {
    const std::size_t names = padded(head, blanks).size();
    const bool numbered = names + 1 == cells.size() && cells[0] == "0";  // pandas' index
    if (names > 1 && (names == cells.size() || numbered)) return blanks;
  }
  return 0;
}

}  // namespace

std::optional<std::string> plain_table(std::string_view text, int& comments) {
  Lines lines = lines_of(text);
  if (std::ranges::any_of(lines, [](std::string_view line) { return line.starts_with('#'); }))
    leave_comments_out(lines, comments);
  const auto full = [](std::string_view line) { return !empty(line) && !is_rule(line); };
  const auto head = std::ranges::find_if(lines, full);
  const auto first = head == lines.end() ? head : std::find_if(head + 1, lines.end(), full);
  const bool bars = head != lines.end() && head->starts_with('|');
  const bool separated = first == lines.end() || head->find_first_of(",;\t") != head->npos;
  const std::size_t blanks = bars || separated ? 0 : blanks_between(*head, *first);
  if (!bars && blanks == 0) return comments > 0 ? std::optional(joined(lines)) : std::nullopt;
  std::string out;
  for (auto line = lines.begin(); line != lines.end(); ++line) {
    if (is_rule(*line)) *line = {};
    const Lines cells = bars ? barred(*line) : padded(*line, line == head ? blanks : 1);
    if (line == head && !bars && cells.size() < padded(*first, 1).size()) out += "\t";
    out += fmt::format("{}\n", fmt::join(cells, "\t"));
  }
  return out;
}

}  // namespace downhill::foreign
