#include "downhill/nn/detail/pattern.h"

namespace downhill::nn::detail {
namespace {

struct Star {
  std::size_t pattern, begin, end;  // its place, and the piece of the name that it stands for
};

}  // namespace

// Only the last star met so far ever grows: what lies before it has matched as early as it can.
std::optional<std::vector<std::string>> match(std::string_view name, std::string_view pattern) {
  std::vector<Star> stars;
  std::size_t n = 0, p = 0;
  while (n < name.size() || p < pattern.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      stars.push_back({p++, n, n});
    } else if (n < name.size() && p < pattern.size() &&
               (pattern[p] == '?' || pattern[p] == name[n])) {
      ++n, ++p;
    } else if (!stars.empty() && stars.back().end < name.size()) {
      n = ++stars.back().end;
      p = stars.back().pattern + 1;
    } else {
      return std::nullopt;
    }
  }
  std::vector<std::string> texts;
  for (const Star& star : stars) texts.emplace_back(name.substr(star.begin, star.end - star.begin));
  return texts;
}

std::string fill(std::string_view pattern, const std::vector<std::string>& texts) {
  std::string filled;
  std::size_t next = 0;
  for (const char c : pattern) {
    if (c != '*') filled += c;
    else if (next < texts.size()) filled += texts[next++];
  }
  return filled;
}

}  // namespace downhill::nn::detail
