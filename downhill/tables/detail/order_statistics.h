#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace downhill::detail {

/// Numbers that can be gone through again and again, a piece at a time, and need not stand in memory.
/// None is NaN.
using NumberPieces = std::function<void(const std::function<void(std::span<const double>)>& take)>;

/// The k-th smallest of many numbers without a copy of them: the leading bits of all are counted until
/// few numbers share those of the wanted one, and only these are gathered.
class OrderStatistics {
 public:
  /// `count` numbers; `few` of them may be held in memory.
  OrderStatistics(const NumberPieces& pieces, std::size_t count, std::size_t few = 1U << 20U);
  /// From 0, below `count`.
  double at(std::size_t rank);
  /// The value at `share` of the numbers in their order, between neighbours in proportion, where each
  /// is first multiplied by 2^exponent.
  double quantile(double share, int exponent = 0);

 private:
  std::vector<std::size_t> counted(int shift, std::uint64_t prefix) const;
  void hold(int shift, std::uint64_t prefix, std::size_t first, std::size_t count);

  const NumberPieces& pieces_;
  std::size_t count_, few_;
  std::vector<std::size_t> leading_;  ///< how many numbers have each leading 16 bits
  std::vector<double> held_;          ///< the numbers of ranks from first_held_ on
  std::size_t first_held_ = 0;
};

}  // namespace downhill::detail
