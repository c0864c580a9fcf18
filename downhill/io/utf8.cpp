#include "downhill/io/utf8.h"

#include <fmt/format.h>

#include <algorithm>

namespace downhill {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
}

// Bytes of the well-formed character at `i`, or 0 (Unicode, table 3-7).
std::size_t character_length(std::string_view text, std::size_t i) {
  const unsigned first = byte_at(text, i), second = byte_at(text, i + 1);
  const auto follows = [&](std::size_t k) { return (byte_at(text, i + k) & 0xC0u) == 0x80; };
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !follows(1)) return 0;
  if (first < 0xE0) return 2;
  if (!follows(2)) return 0;
  if (first < 0xF0) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  const bool overlong = first == 0xF0 && second < 0x90;
  const bool too_large = first == 0xF4 && second > 0x8F;
  return !follows(3) || overlong || too_large ? 0 : 4;
}

}  // namespace

std::optional<std::size_t> invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = character_length(text, i);
    if (length == 0) return i;
    i += length;
  }
  return std::nullopt;
}

std::string excerpt(std::string_view text, std::size_t limit) {
  std::string result = "'";
  for (std::size_t i = 0; i < text.size();) {
    if (i >= limit) return result + "...'";
    const std::size_t length = character_length(text, i);
    const unsigned first = byte_at(text, i);
    if (length == 0 || first < 0x20 || first == 0x7F) {
      result += fmt::format("\\x{:02x}", first);
      ++i;
    } else {
      result += text.substr(i, length);
      i += length;
    }
  }
  return result + "'";
}

std::string shortened(std::string_view text, std::size_t most) {
  std::size_t characters = 0, kept = 0;  // bytes that leave room for the dots
  for (std::size_t i = 0; i < text.size();) {
    if (characters + 3 == most) kept = i;
    if (++characters > most)
      return std::string(text.substr(0, kept)) + std::string(std::min<std::size_t>(most, 3), '.');
    i += std::max<std::size_t>(character_length(text, i), 1);
  }
  return std::string(text);
}

}  // namespace downhill
