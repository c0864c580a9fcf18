#include "downhill/io/json_bare.h"

#include <utility>

namespace downhill {

std::string without_bare_numbers(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"NaN", "\"nan\""}, {"-Infinity", "\"-inf\""}, {"Infinity", "\"inf\""}};
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\' && i + 1 < text.size()) {
      out += c;
      out += text[++i];
      continue;
    }
    if (c == '"') quoted = !quoted;
    bool replaced = false;
    for (const auto& [bare, word] : kWords) {
      if (quoted || !text.substr(i).starts_with(bare)) continue;
      out += word;
      i += bare.size() - 1;
      replaced = true;
      break;
    }
    if (!replaced) out += c;
  }
  return out;
}

}  // namespace downhill
