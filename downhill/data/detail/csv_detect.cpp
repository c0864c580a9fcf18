#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "downhill/data/detail/csv_records.h"

namespace downhill::detail {
namespace {

constexpr std::size_t kLooked = std::size_t{1} << 16;
constexpr std::size_t kLines = 100;
constexpr std::string_view kSeparators = "\t;,";  // a comma may also stand inside numbers

std::string beginning(const InputFile& file, std::size_t bytes) {
  std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, file.size())), '\0');
  file.read(0, text.data(), text.size());
  return text;
}

using Counts = std::array<std::size_t, kSeparators.size()>;

// How often each candidate stands on each line, outside of quotes. A line that is cut by the end
// of what was looked at counts only if it is the only one.
std::vector<Counts> count_lines(std::string_view text, bool whole_file) {
  std::vector<Counts> lines;
  Counts counts{};
  bool quoted = false, blank = true;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '\n' || c == '\r')) {
      if (!blank) lines.push_back(counts);
      if (lines.size() == kLines) return lines;
      counts = {};
      blank = true;
      continue;
    }
    blank = false;
    const std::size_t i = kSeparators.find(c);
    if (!quoted && i != std::string_view::npos) ++counts[i];
  }
  if (!blank && (whole_file || lines.empty())) lines.push_back(counts);
  return lines;
}

}  // namespace

char told_separator(const InputFile& file) {
  const std::string text = beginning(file, 16);
  std::string_view begin = text;
  if (begin.starts_with("\xEF\xBB\xBF")) begin.remove_prefix(3);
  if (begin.starts_with("\"sep=")) begin.remove_prefix(1);
  const bool told = begin.starts_with("sep=") && begin.size() > 5 && begin[4] != '\n';
  const std::size_t end = told ? begin.find_first_not_of('"', 5) : 0;
  const bool ends = told && end != begin.npos && (begin[end] == '\n' || begin[end] == '\r');
  return ends ? begin[4] : '\0';
}

char detect_separator(const InputFile& file) {
  if (const char told = told_separator(file); told != '\0') return told;
  const auto lines = count_lines(beginning(file, kLooked), file.size() <= kLooked);
  if (lines.empty()) return ',';
  // From the first line on, or from one on that stands below lines above the table.
  for (std::size_t first = 0; 2 * first < lines.size(); ++first)
    for (std::size_t i = 0; i < kSeparators.size(); ++i) {
      const std::size_t count = lines[first][i];
      if (count > 0 && std::all_of(lines.begin() + static_cast<std::ptrdiff_t>(first), lines.end(),
                                   [&](const Counts& line) { return line[i] == count; }))
        return kSeparators[i];
    }
  const auto most = std::max_element(lines[0].begin(), lines[0].end());
  return *most == 0 ? ',' : kSeparators[static_cast<std::size_t>(most - lines[0].begin())];
}

void refuse_binary(const InputFile& file) {
  struct Known {
    std::string_view magic, name, remedy;
  };
  static constexpr Known kKnown[] = {
      {std::string_view("\xFF\xFE\0\0", 4), "UTF-32 text", "save it as UTF-8"},
      {"\xFF\xFE", "UTF-16 text", "save it as UTF-8"},
      {"\xFE\xFF", "UTF-16 text", "save it as UTF-8"},
      {"\x1F\x8B", "gzip-compressed", "unpack it with gunzip"},
      {"PK\x03\x04", "a zip archive or a spreadsheet", "unpack it, or save the sheet as CSV"},
      {"\x28\xB5\x2F\xFD", "zstd-compressed", "unpack it with unzstd"},
      {"\xFD\x37zXZ", "xz-compressed", "unpack it with unxz"},
      {"BZh", "bzip2-compressed", "unpack it with bunzip2"},
      {"\x93NUMPY", "a NumPy array", "give it a name that ends with .npy"},
      {"\x89HDF", "an HDF5 file", "export the table as CSV"},
      {"PAR1", "a Parquet file", "export the table as CSV"},
      {"SQLite format 3", "an SQLite database", "export the table as CSV"},
      {"%PDF", "a PDF document", "export the table as CSV"}};
  const std::string begin = beginning(file, 16);
  for (const Known& known : kKnown)
    if (std::string_view(begin).starts_with(known.magic))
      throw FileError(FileError::Kind::data,
                      fmt::format("{}:1:1: the file is {}; expected CSV text; {}", file.name(),
                                  known.name, known.remedy));
}

}  // namespace downhill::detail
