#include "downhill/core/random.h"

#include <cmath>
#include <numbers>

namespace downhill {

std::array<std::uint32_t, 4> philox(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
  std::array<std::uint32_t, 4> c{low(index), high(index), low(stream), high(stream)};
  std::uint32_t k0 = low(seed), k1 = high(seed);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * c[0], b = std::uint64_t{0xCD9E8D57} * c[2];
    c = {high(b) ^ c[1] ^ k0, low(b), high(a) ^ c[3] ^ k1, low(a)};
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return c;
}

std::uint64_t Random::bits() {
  const auto words = philox(seed_, stream_, position_++);
  return (std::uint64_t{words[1]} << 32) | words[0];
}

double Random::uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

double Random::normal() {
  const auto w = philox(seed_, stream_, position_++);
  const std::uint64_t a = (std::uint64_t{w[1]} << 32) | w[0];
  const std::uint64_t b = (std::uint64_t{w[3]} << 32) | w[2];
  const double radius = (static_cast<double>(a >> 11) + 1) * 0x1p-53;  // in (0, 1]: log is finite
  const double angle = static_cast<double>(b >> 11) * 0x1p-53;
  return std::sqrt(-2 * std::log(radius)) * std::cos(2 * std::numbers::pi * angle);
}

std::uint64_t Random::below(std::uint64_t bound) {
  const std::uint64_t reject = (0 - bound) % bound;  // the first 2^64 mod bound values are uneven
  for (;;) {
    const std::uint64_t value = bits();
    if (value >= reject) return value % bound;
  }
}

}  // namespace downhill
