#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "downhill/tables/table.h"

namespace downhill {

/// A column of numbers in every row (`--weight`); `role` names it in messages. FileError (data)
/// for the first cell that is missing or no number.
std::vector<double> number_of_each_row(const Table& table, int column, const std::string& role,
                                       const std::string& decimal = "");

/// Numbers or dates (in seconds from 1970) in every row, for `--split-by-time`. FileError (data) for
/// the first cell that is neither.
std::vector<double> time_of_each_row(const Table& table, int column,
                                     const std::string& date_order = "");

/// The same code for the same cell, from 0 in the order of first occurrence (`--split-by-group`);
/// a missing cell is a group of its own row. At most 2^53 groups.
std::vector<std::int64_t> group_of_each_row(const Table& table, int column);

}  // namespace downhill
