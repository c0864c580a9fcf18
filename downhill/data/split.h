#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "downhill/tensor/tensor.h"

namespace downhill {

// Rows 0 .. count-1 cut into parts, one per share; the shares add up to 1, and a part with the
// share 0 is empty. Each is a function of its arguments alone, with the same result on every
// machine. UsageError for shares that are none. The parts share one allocation: it is freed with the
// last of them.

/// 0 .. count-1 cut into parts at random: (part) int64 each, ascending. Every row is in exactly
/// one part. Part i has the share fractions[i], rounded so that the parts add up; the fractions
/// must add up to 1. A function of its arguments alone. UsageError.
std::vector<Tensor> split(std::int64_t count, std::span<const double> fractions,
                          std::uint64_t seed);

/// Parts and what is to be said of them.
struct RowParts {
  std::vector<Tensor> rows = {};          ///< (part) int64 each, ascending; one per share
  std::vector<std::int64_t> sparse = {};  ///< classes that occur but not in every part with a share
};

/// At random, each class by itself: a class has its share of rows in every part, and at least one row
/// if it has as many rows as there are parts with a share. One with fewer rows fills the parts from
/// the largest share down and is named in `sparse`. Roundings of the classes are set off against each
/// other, so that the parts have their shares. `labels` are 0 .. classes-1, else DataError.
RowParts split_stratified(std::span<const std::int64_t> labels, std::int64_t classes,
                          std::span<const double> shares, std::uint64_t seed);

/// In the order of time: all rows of a part are later than those of the parts before it. Rows of equal
/// times stay together, in the part whose share the border then meets best. DataError for a time that
/// is NaN (naming the row) and if there are fewer different times than parts with a share.
RowParts split_by_time(std::span<const double> times, std::span<const double> shares);

/// At random, groups as a whole: all rows of a group (one code each) are in one part. The groups come
/// in random order, each to the part that lacks most rows. DataError if there are fewer groups than
/// parts with a share.
RowParts split_by_group(std::span<const std::int64_t> groups, std::span<const double> shares,
                        std::uint64_t seed);

}  // namespace downhill
