#include "downhill/data/split.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "downhill/core/error.h"
#include "downhill/data/detail/permutation.h"

namespace downhill {
namespace {

using data_detail::permutation;
using Rows = std::vector<std::int64_t>;

// Streams of their own, so that no other use of the same seed sees these numbers.
constexpr std::uint64_t kSplitStream = 0x73706C6974000000;  // "split"
constexpr std::uint64_t kClassStream = 0x636C617300000000;  // "clas", plus the class
constexpr std::uint64_t kGroupStream = 0x67726F7570000000;  // "group"

constexpr std::size_t kMostParts = 65536;

void check_shares(std::span<const double> shares) {
  if (shares.size() > kMostParts)
    throw_usage("split",
                fmt::format("there are {} shares; expected at most {}", shares.size(), kMostParts));
  double sum = 0;
  for (const double share : shares) {
    if (!(share >= 0 && share <= 1))
      throw_usage("split", fmt::format("a fraction is {}; expected 0 to 1", share));
    sum += share;
  }
  if (!(std::abs(sum - 1) <= 1e-9))
    throw_usage("split", fmt::format("the fractions add up to {}; expected 1", sum));
}

// Parts with a share, the largest share first.
std::vector<std::size_t> parts_by_share(std::span<const double> shares) {
  std::vector<std::size_t> parts;
  for (std::size_t p = 0; p < shares.size(); ++p)
    if (shares[p] > 0) parts.push_back(p);
  std::ranges::stable_sort(parts, [&](auto a, auto b) { return shares[a] > shares[b]; });
  return parts;
}

// Where each part but the last ends among `count` rows.
std::int64_t border(double share, std::int64_t count, std::int64_t begin) {
  return std::clamp<std::int64_t>(std::llround(share * static_cast<double>(count)), begin, count);
}

Tensor ascending(Rows rows) {
  std::ranges::sort(rows);
  return Tensor::from(rows);
}

std::vector<Tensor> ascending(std::vector<Rows> parts) {
  std::vector<Tensor> tensors;
  for (Rows& part : parts) tensors.push_back(ascending(std::move(part)));
  return tensors;
}

}  // namespace

std::vector<Tensor> split(std::int64_t count, std::span<const double> fractions,
                          std::uint64_t seed) {
  if (count < 0) throw_usage("split", fmt::format("count is {}; expected 0 or more", count));
  check_shares(fractions);
  const Tensor order = permutation(count, seed, kSplitStream);
  std::vector<Tensor> parts;
  std::int64_t begin = 0;
  double share = 0;
  for (std::size_t i = 0; i < fractions.size(); ++i) {
    share += fractions[i];
    const std::int64_t end = i + 1 == fractions.size() ? count : border(share, count, begin);
    Tensor part = order.alias({end - begin}, begin);  // all parts in one piece of memory
    std::sort(part.data<std::int64_t>(), part.data<std::int64_t>() + part.elements());
    parts.push_back(std::move(part));
    begin = end;
  }
  return parts;
}

namespace {

/// Deals the classes' rows out. `lack_` is what each part still misses of its share of all rows that
/// were dealt: what one class rounds down, the next makes good.
class Dealer {
 public:
  explicit Dealer(std::span<const double> shares)
      : shares_(shares), by_share_(parts_by_share(shares)), lack_(shares.size()) {}

  std::size_t parts() const { return by_share_.size(); }

  /// How many of `count` rows of one class go to each part.
  std::vector<std::int64_t> counts(std::int64_t count) {
    std::vector<std::int64_t> dealt(shares_.size());
    for (const std::size_t p : by_share_) {
      const double due = shares_[p] * static_cast<double>(count);
      lack_[p] += due;
      dealt[p] = static_cast<std::int64_t>(std::floor(due + 1e-9));
    }
    const auto parts = static_cast<std::int64_t>(by_share_.size());
    // One each, from the largest share down, as far as they go.
    for (std::int64_t i = 0; i < std::min(count, parts); ++i) {
      std::int64_t& here = dealt[by_share_[static_cast<std::size_t>(i)]];
      here = std::max<std::int64_t>(here, 1);
    }
    std::int64_t left = count - std::accumulate(dealt.begin(), dealt.end(), std::int64_t{0});
    for (; left > 0; --left) ++dealt[most_lacking(dealt)];
    for (; left < 0; ++left) --dealt[largest(dealt)];
    for (const std::size_t p : by_share_) lack_[p] -= static_cast<double>(dealt[p]);
    return dealt;
  }

 private:
  std::size_t most_lacking(const std::vector<std::int64_t>& dealt) const {
    return *std::ranges::max_element(
        by_share_, {}, [&](std::size_t p) { return lack_[p] - static_cast<double>(dealt[p]); });
  }
  std::size_t largest(const std::vector<std::int64_t>& dealt) const {
    return *std::ranges::max_element(by_share_, {}, [&](std::size_t p) { return dealt[p]; });
  }

  std::span<const double> shares_;
  std::vector<std::size_t> by_share_;
  std::vector<double> lack_;
};

}  // namespace

RowParts split_stratified(std::span<const std::int64_t> labels, std::int64_t classes,
                          std::span<const double> shares, std::uint64_t seed) {
  check_shares(shares);
  std::vector<std::size_t> rows_of(static_cast<std::size_t>(std::max<std::int64_t>(classes, 0)));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0 || labels[i] >= classes)
      throw_data("split", fmt::format("the label of row {} is {}; expected 0 to {}", i + 1,
                                      labels[i], classes - 1));
    ++rows_of[static_cast<std::size_t>(labels[i])];
  }
  Dealer dealer(shares);
  RowParts result;
  std::vector<std::vector<std::uint16_t>> part_of(rows_of.size());  // the rows of a class in order
  std::vector<std::size_t> sizes(shares.size());
  for (std::size_t k = 0; k < rows_of.size(); ++k) {
    const auto count = static_cast<std::int64_t>(rows_of[k]);
    if (count > 0 && rows_of[k] < dealer.parts())
      result.sparse.push_back(static_cast<std::int64_t>(k));
    const Tensor order = permutation(count, seed, kClassStream + k);
    const auto* next = order.data<std::int64_t>();
    const std::vector<std::int64_t> counts = dealer.counts(count);
    part_of[k].resize(rows_of[k]);
    for (std::size_t p = 0; p < counts.size(); ++p) {
      sizes[p] += static_cast<std::size_t>(counts[p]);
      for (std::int64_t i = 0; i < counts[p]; ++i)
        part_of[k][static_cast<std::size_t>(*next++)] = static_cast<std::uint16_t>(p);
    }
  }
  std::vector<std::int64_t*> to;
  for (const std::size_t size : sizes) {
    result.rows.push_back(Tensor::empty({static_cast<std::int64_t>(size)}, Type::i64));
    to.push_back(result.rows.back().data<std::int64_t>());
  }
  std::ranges::fill(rows_of, 0);  // the next row of each class
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto k = static_cast<std::size_t>(labels[i]);
    *to[part_of[k][rows_of[k]++]]++ = static_cast<std::int64_t>(i);
  }
  return result;
}

RowParts split_by_time(std::span<const double> times, std::span<const double> shares) {
  check_shares(shares);
  for (std::size_t i = 0; i < times.size(); ++i)
    if (std::isnan(times[i])) throw_data("split", fmt::format("the time of row {} is nan", i + 1));
  const auto count = static_cast<std::int64_t>(times.size());
  Rows order(times.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto time = [&](std::int64_t row) { return times[static_cast<std::size_t>(row)]; };
  std::ranges::stable_sort(order, {}, time);
  Rows starts;  // of each time among the sorted rows, and the end
  for (std::int64_t i = 0; i < count; ++i)
    if (i == 0 ||
        time(order[static_cast<std::size_t>(i)]) != time(order[static_cast<std::size_t>(i - 1)]))
      starts.push_back(i);
  const std::size_t different = starts.size();
  starts.push_back(count);
  std::size_t missing = parts_by_share(shares).size();  // parts with a share that are still to come
  if (different < missing)
    throw_data("split",
               fmt::format("there are {} different times for {} parts; expected at least one each; "
                           "give a part no share, or cut by another column",
                           different, missing));
  RowParts result;
  std::size_t begin = 0;
  double share = 0;
  for (const double part : shares) {
    share += part;
    std::size_t end = begin;
    if (part > 0) {
      // The nearest start of a time; one time at least here, and one for each part to come.
      --missing;
      const std::int64_t wanted = border(share, count, 0);
      end = static_cast<std::size_t>(std::ranges::lower_bound(starts, wanted) - starts.begin());
      if (end > 0 && wanted - starts[end - 1] <= starts[end] - wanted) --end;
      end = missing == 0 ? different : std::clamp(end, begin + 1, different - missing);
    }
    const auto first = order.begin();
    result.rows.push_back(ascending(Rows(first + starts[begin], first + starts[end])));
    begin = end;
  }
  return result;
}

RowParts split_by_group(std::span<const std::int64_t> groups, std::span<const double> shares,
                        std::uint64_t seed) {
  check_shares(shares);
  std::map<std::int64_t, Rows> of_group;  // in the order of their codes: the same on every machine
  for (std::size_t i = 0; i < groups.size(); ++i)
    of_group[groups[i]].push_back(static_cast<std::int64_t>(i));
  std::vector<const Rows*> all;
  for (const auto& [code, rows] : of_group) all.push_back(&rows);
  std::vector<std::size_t> empty = parts_by_share(shares);  // parts without a group yet
  if (all.size() < empty.size())
    throw_data("split",
               fmt::format("there are {} groups for {} parts; expected at least one each; give "
                           "a part no share, or cut by another column",
                           all.size(), empty.size()));
  const std::vector<std::size_t> with_share = empty;
  std::vector<Rows> parts(shares.size());
  const auto lack = [&](std::size_t p) {
    return shares[p] * static_cast<double>(groups.size()) - static_cast<double>(parts[p].size());
  };
  const auto count = static_cast<std::int64_t>(all.size());
  const Tensor order = permutation(count, seed, kGroupStream);
  for (std::int64_t i = 0; i < count; ++i) {
    const Rows& rows = *all[static_cast<std::size_t>(order.data<std::int64_t>()[i])];
    const bool last_chance = count - i <= static_cast<std::int64_t>(empty.size());
    const std::size_t part = *std::ranges::max_element(last_chance ? empty : with_share, {}, lack);
    parts[part].insert(parts[part].end(), rows.begin(), rows.end());
    std::erase(empty, part);
  }
  RowParts result;
  result.rows = ascending(std::move(parts));
  return result;
}

}  // namespace downhill
