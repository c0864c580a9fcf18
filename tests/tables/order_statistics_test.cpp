#include "downhill/tables/detail/order_statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "downhill/core/random.h"

namespace downhill::detail {
namespace {

using Numbers = std::vector<double>;

/// Gives the numbers in pieces of seven, and counts how often they are gone through.
struct Source {
  Numbers numbers;
  int passes = 0;
  NumberPieces pieces() {
    return [this](const auto& take) {
      ++passes;
      for (std::size_t i = 0; i < numbers.size(); i += 7)
        take(std::span(numbers).subspan(i, std::min<std::size_t>(7, numbers.size() - i)));
    };
  }
};

void expect_sorted(const Numbers& numbers, const std::string& what) {
  Numbers sorted = numbers;
  std::ranges::sort(sorted);
  for (const std::size_t few :
       {std::size_t{1}, std::size_t{5}, std::size_t{100}, 2 * numbers.size()}) {
    Source source{numbers};
    const NumberPieces pieces = source.pieces();
    OrderStatistics order(pieces, numbers.size(), few);
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const std::size_t rank = k * 37 % numbers.size();
      ASSERT_EQ(order.at(rank), sorted[rank]) << what << ", " << few << " held, rank " << rank;
    }
  }
}

TEST(OrderStatistics, AreThoseOfTheSortedNumbers) {
  Random random(3);
  Numbers normal, whole, wide, close;
  for (int i = 0; i < 601; ++i) {
    normal.push_back(random.normal());
    whole.push_back(static_cast<double>(random.below(9)) - 4);
    wide.push_back(std::ldexp(random.normal(), static_cast<int>(random.below(2000)) - 1000));
    close.push_back(1 + static_cast<double>(random.below(500)) * 0x1p-52);
  }
  expect_sorted(normal, "normal");
  expect_sorted(whole, "whole numbers with many ties");
  expect_sorted(wide, "all magnitudes");
  expect_sorted(close, "the last bits alone differ");
  const double most = std::numeric_limits<double>::max(),
               least = std::numeric_limits<double>::denorm_min();
  expect_sorted({0.0, -0.0, most, -most, least, -least, 1, -1}, "ends");
  expect_sorted(Numbers(300, -2.5), "equal");
}

TEST(OrderStatistics, QuantilesLieBetweenNeighbours) {
  Source source{{4, 1, 3, 2}};
  const NumberPieces pieces = source.pieces();
  OrderStatistics order(pieces, 4);
  EXPECT_EQ(order.quantile(0), 1);
  EXPECT_EQ(order.quantile(0.5), 2.5);
  EXPECT_EQ(order.quantile(0.25), 1.75);
  EXPECT_EQ(order.quantile(1), 4);
  EXPECT_EQ(order.quantile(0.5, 3), 20);
  EXPECT_EQ(source.passes, 1) << "few numbers are held";
}

}  // namespace
}  // namespace downhill::detail
