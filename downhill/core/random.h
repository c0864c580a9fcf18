#pragma once
#include <array>
#include <cstdint>

namespace downhill {

/// Philox4x32-10 (Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC 2011): four
/// 32-bit words that depend on (seed, stream, index) alone. No state to lose, any order, any
/// number of threads.
std::array<std::uint32_t, 4> philox(std::uint64_t seed, std::uint64_t stream, std::uint64_t index);

/// A sequence of random numbers that is a value: seed, stream and position. Copy it, save it,
/// resume it.
class Random {
 public:
  explicit Random(std::uint64_t seed = 0, std::uint64_t stream = 0, std::uint64_t position = 0)
      : seed_(seed), stream_(stream), position_(position) {}

  std::uint64_t seed() const { return seed_; }
  std::uint64_t stream() const { return stream_; }
  std::uint64_t position() const { return position_; }

  std::uint64_t bits();                      ///< 64 random bits
  double uniform();                          ///< in [0, 1), 53 bits
  double normal();                           ///< mean 0, variance 1 (Box-Muller)
  std::uint64_t below(std::uint64_t bound);  ///< unbiased, in [0, bound); bound >= 1

 private:
  std::uint64_t seed_, stream_, position_;
};

}  // namespace downhill
