#include "downhill/tables/detail/order_statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace downhill::detail {
namespace {

constexpr int kBits = 16;  // counted at once
constexpr std::uint64_t kSign = std::uint64_t{1} << 63U;

// Ascends with the number; -0 is 0.
std::uint64_t key_of(double number) {
  const auto bits = std::bit_cast<std::uint64_t>(number + 0.0);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}
double number_of(std::uint64_t key) {
  return std::bit_cast<double>((key & kSign) != 0 ? key & ~kSign : ~key);
}

// Whether the bits of a key above `shift` are those.
bool begins(std::uint64_t key, int shift, std::uint64_t prefix) {
  return shift == 64 || key >> shift == prefix;
}

}  // namespace

OrderStatistics::OrderStatistics(const NumberPieces& pieces, std::size_t count, std::size_t few)
    : pieces_(pieces), count_(count), few_(few) {}

// Of the numbers with this prefix above `shift`, how many have each of the next bits.
std::vector<std::size_t> OrderStatistics::counted(int shift, std::uint64_t prefix) const {
  std::vector<std::size_t> counts(std::size_t{1} << kBits);
  pieces_([&](std::span<const double> numbers) {
    for (const double number : numbers)
      if (const std::uint64_t key = key_of(number); begins(key, shift, prefix))
        ++counts[key >> (shift - kBits) & (counts.size() - 1)];
  });
  return counts;
}

void OrderStatistics::hold(int shift, std::uint64_t prefix, std::size_t first, std::size_t count) {
  held_.clear();
  held_.reserve(count);
  pieces_([&](std::span<const double> numbers) {
    for (const double number : numbers)
      if (begins(key_of(number), shift, prefix)) held_.push_back(number);
  });
  first_held_ = first;
}

double OrderStatistics::at(std::size_t rank) {
  if (rank < first_held_ || rank - first_held_ >= held_.size()) {
    std::uint64_t prefix = 0;
    std::size_t first = 0, count = count_;
    int shift = 64;
    for (; shift > 0 && count > few_; shift -= kBits) {
      std::vector<std::size_t> further;
      if (shift < 64) further = counted(shift, prefix);
      else if (leading_.empty()) leading_ = counted(shift, prefix);
      const std::vector<std::size_t>& counts = shift < 64 ? further : leading_;
      std::size_t bin = 0;
      while (first + counts[bin] <= rank) first += counts[bin++];
      prefix = prefix << kBits | bin;
      count = counts[bin];
    }
    if (shift == 0) return number_of(prefix);
    hold(shift, prefix, first, count);
  }
  const auto place = held_.begin() + static_cast<std::ptrdiff_t>(rank - first_held_);
  std::nth_element(held_.begin(), place, held_.end());
  return *place;
}

double OrderStatistics::quantile(double share, int exponent) {
  const double place = share * static_cast<double>(count_ - 1);
  const auto below = static_cast<std::size_t>(place);
  const double low = std::ldexp(at(below), exponent), rest = place - static_cast<double>(below);
  return rest == 0 ? low : low + rest * (std::ldexp(at(below + 1), exponent) - low);
}

}  // namespace downhill::detail
