#include "downhill/data/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "downhill/core/error.h"
#include "downhill/core/random.h"
#include "tests/support/errors.h"

namespace downhill {
namespace {

using Rows = std::vector<std::int64_t>;
using Numbers = std::vector<double>;

const Numbers kThree = {0.6, 0.2, 0.2};

std::vector<Rows> rows_of(const RowParts& parts) {
  std::vector<Rows> rows;
  for (const Tensor& part : parts.rows) {
    const auto values = part.values<std::int64_t>();
    rows.emplace_back(values.begin(), values.end());
  }
  return rows;
}

// Every row once, each part ascending; returns the parts.
std::vector<Rows> checked(const RowParts& parts, std::size_t count) {
  const std::vector<Rows> all = rows_of(parts);
  std::multiset<std::int64_t> seen;
  for (const Rows& part : all) {
    EXPECT_TRUE(std::ranges::is_sorted(part));
    seen.insert(part.begin(), part.end());
  }
  EXPECT_EQ(seen.size(), count);
  EXPECT_EQ(std::set<std::int64_t>(seen.begin(), seen.end()).size(), count);
  return all;
}

Rows random_labels(std::size_t count, std::int64_t classes, std::uint64_t seed) {
  Random random(seed);
  Rows labels;
  for (std::size_t i = 0; i < count; ++i) {
    const double u = random.uniform();  // low classes are common
    labels.push_back(static_cast<std::int64_t>(u * u * static_cast<double>(classes)));
  }
  return labels;
}

TEST(StratifiedSplit, EveryClassHasItsShareInEveryPart) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const std::int64_t classes = 2 + static_cast<std::int64_t>(seed % 9);
    const Rows labels = random_labels(37 + 23 * seed, classes, seed);
    for (const Numbers& shares : {kThree, Numbers{0.8, 0, 0.2}, Numbers{0.98, 0.01, 0.01}}) {
      const RowParts split = split_stratified(labels, classes, shares, seed);
      const std::vector<Rows> parts = checked(split, labels.size());
      std::map<std::int64_t, std::int64_t> total;
      for (const std::int64_t label : labels) ++total[label];
      std::set<std::int64_t> sparse;
      for (std::size_t p = 0; p < shares.size(); ++p) {
        std::map<std::int64_t, std::int64_t> here;
        for (const std::int64_t row : parts[p]) ++here[labels[static_cast<std::size_t>(row)]];
        for (const auto& [label, count] : total) {
          const double due = shares[p] * static_cast<double>(count);
          if (shares[p] == 0) EXPECT_EQ(here[label], 0);
          else if (count >= 3) EXPECT_GE(here[label], 1) << label;
          else if (here[label] == 0) sparse.insert(label);
          EXPECT_LT(std::abs(static_cast<double>(here[label]) - due), 3) << label;
        }
        const auto rows = static_cast<double>(parts[p].size());
        const double slack =
            shares == Numbers{0.98, 0.01, 0.01} ? 2.0 * static_cast<double>(classes) : 4;
        EXPECT_NEAR(rows, shares[p] * static_cast<double>(labels.size()), slack);
      }
      EXPECT_EQ(std::set<std::int64_t>(split.sparse.begin(), split.sparse.end()), sparse);
    }
  }
}

// Worked by hand: 10 rows of class 0 (6, 2, 2), 4 of class 1 (2, 1, 1, of 2.4, 0.8, 0.8), one of class 2.
TEST(StratifiedSplit, Counts) {
  const Rows labels = {0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 2};
  const RowParts split = split_stratified(labels, 4, kThree, 7);
  const std::vector<Rows> parts = checked(split, labels.size());
  std::vector<Rows> counts(3, Rows(3));
  for (std::size_t p = 0; p < 3; ++p)
    for (const std::int64_t row : parts[p])
      ++counts[p][static_cast<std::size_t>(labels[static_cast<std::size_t>(row)])];
  EXPECT_EQ(counts, (std::vector<Rows>{{6, 2, 1}, {2, 1, 0}, {2, 1, 0}}));
  EXPECT_EQ(split.sparse, Rows{2});
}

TEST(StratifiedSplit, ClassesOfThreeRowsStandEverywhere) {
  Rows labels;
  for (std::int64_t k = 0; k < 50; ++k) labels.insert(labels.end(), {k, k, k});
  const RowParts split = split_stratified(labels, 50, kThree, 1);
  for (const Rows& part : checked(split, 150)) EXPECT_EQ(part.size(), 50U);
  EXPECT_TRUE(split.sparse.empty());
}

TEST(StratifiedSplit, DependsOnTheSeedAlone) {
  const Rows labels = random_labels(300, 3, 9);
  const auto of = [&](std::uint64_t seed) {
    return rows_of(split_stratified(labels, 3, kThree, seed));
  };
  EXPECT_EQ(of(1), of(1));
  EXPECT_NE(of(1), of(2));
  // The first rows of the test part, as they were when this was written: on every machine.
  const Rows test = of(1)[2];
  EXPECT_EQ(Rows(test.begin(), test.begin() + 6), (Rows{5, 11, 38, 39, 41, 47}));
}

TEST(TimeSplit, LaterRowsComeInLaterParts) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    Numbers times;
    const std::size_t count = 5 + 3 * seed;
    for (std::size_t i = 0; i < count; ++i)
      times.push_back(static_cast<double>(random.below(1 + count / (1 + seed % 4))));
    times[0] = -1, times[1] = -2, times[2] = -3;
    const std::vector<Rows> parts = checked(split_by_time(times, kThree), count);
    double before = -HUGE_VAL;
    for (const Rows& part : parts) {
      ASSERT_FALSE(part.empty());
      double first = HUGE_VAL, last = -HUGE_VAL;
      for (const std::int64_t row : part) {
        first = std::min(first, times[static_cast<std::size_t>(row)]);
        last = std::max(last, times[static_cast<std::size_t>(row)]);
      }
      EXPECT_GT(first, before);  // strictly: equal times are not torn apart
      before = last;
    }
  }
}

TEST(TimeSplit, BordersAreTheNearestOnes) {
  Numbers times;
  for (int i = 0; i < 10; ++i) times.push_back(10 - i);  // the rows come from late to early
  EXPECT_EQ(rows_of(split_by_time(times, kThree)),
            (std::vector<Rows>{{4, 5, 6, 7, 8, 9}, {2, 3}, {0, 1}}));
  // Borders are wanted at 6 and 8; there are some at 5, 9.
  const Numbers tied = {0, 1, 1, 1, 1, 2, 2, 2, 2, 3};
  EXPECT_EQ(rows_of(split_by_time(tied, kThree)),
            (std::vector<Rows>{{0, 1, 2, 3, 4}, {5, 6, 7, 8}, {9}}));
  EXPECT_EQ(rows_of(split_by_time(tied, Numbers{0.5, 0, 0.5})),
            (std::vector<Rows>{{0, 1, 2, 3, 4}, {}, {5, 6, 7, 8, 9}}));
  expect_error<DataError>([&] { split_by_time(Numbers{1, 2, 1, 2}, kThree); }, "2 different times");
  expect_error<DataError>([&] { split_by_time(Numbers{1, NAN}, kThree); }, "row 2 is nan");
}

TEST(GroupSplit, NoGroupIsInTwoParts) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const std::size_t count = 20 + 11 * seed;
    Rows groups = random_labels(count, 3 + static_cast<std::int64_t>(seed), seed);
    for (std::int64_t& group : groups) group = 1000 - 7 * group;  // any codes
    groups[0] = 1, groups[1] = 2, groups[2] = 3;
    const std::vector<Rows> parts = checked(split_by_group(groups, kThree, seed), count);
    std::map<std::int64_t, std::size_t> part_of;
    for (std::size_t p = 0; p < parts.size(); ++p) {
      EXPECT_FALSE(parts[p].empty());
      for (const std::int64_t row : parts[p])
        EXPECT_EQ(part_of.emplace(groups[static_cast<std::size_t>(row)], p).first->second, p);
    }
  }
}

TEST(GroupSplit, SmallGroupsGiveTheShares) {
  Rows groups;
  for (std::int64_t i = 0; i < 500; ++i) groups.push_back(i / 5);
  const auto parts = rows_of(split_by_group(groups, kThree, 3));
  EXPECT_NEAR(static_cast<double>(parts[0].size()), 300, 5);
  EXPECT_NEAR(static_cast<double>(parts[1].size()), 100, 5);
  EXPECT_EQ(parts, rows_of(split_by_group(groups, kThree, 3)));
  EXPECT_NE(parts, rows_of(split_by_group(groups, kThree, 4)));
  EXPECT_EQ(rows_of(split_by_group(Rows{5, 5, 6, 6}, Numbers{0.99, 0, 0.01}, 0))[2].size(), 2U);
  expect_error<DataError>(
      [&] {
        split_by_group(Rows{1, 2, 1}, kThree, 0);
      },
      "2 groups for 3 parts");
}

TEST(Splits, WrongSharesAndLabelsAreRefused) {
  const Rows labels = {0, 1, 2};
  const Numbers times = {1, 2, 3};
  for (const Numbers& bad : {Numbers{}, Numbers{0.5}, Numbers{1.5, -0.5}, Numbers{NAN}}) {
    EXPECT_THROW(split_stratified(labels, 3, bad, 0), UsageError);
    EXPECT_THROW(split_by_time(times, bad), UsageError);
    EXPECT_THROW(split_by_group(labels, bad, 0), UsageError);
  }
  expect_error<DataError>([&] { split_stratified(labels, 2, kThree, 0); }, "row 3 is 2");
}

}  // namespace
}  // namespace downhill
