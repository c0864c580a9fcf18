#pragma once
#include <cstdint>
#include <string_view>

namespace downhill::detail {

/// A 64-bit hash of `text` after what gave `seed`; the same on every machine. Not against intent.
inline std::uint64_t hash(std::uint64_t seed, std::string_view text) {
  const auto mix = [](std::uint64_t h, std::uint64_t word) {
    h = (h ^ word) * 0x9E3779B97F4A7C15u;
    return h ^ (h >> 29);
  };
  std::uint64_t h = mix(seed, text.size() + 1);
  std::uint64_t word = 0;
  int bytes = 0;
  for (const char c : text) {
    word = word << 8 | static_cast<unsigned char>(c);
    if (++bytes % 8 == 0) {
      h = mix(h, word);
      word = 0;
    }
  }
  if (bytes % 8 != 0) h = mix(h, word);
  return mix(h, h >> 32);
}

}  // namespace downhill::detail
