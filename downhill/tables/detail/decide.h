#pragma once
#include <string>
#include <vector>

#include "downhill/tables/column.h"
#include "downhill/tables/detail/facts.h"
#include "downhill/tables/inputs.h"

namespace downhill::detail {

/// How many levels a category has at most, and unique text among how many rows is left out.
inline constexpr std::int64_t kMostLevels = 1000, kRowsOfUniqueText = 50;
/// Training rows that a level needs for a slot of its own.
inline constexpr std::int64_t kRowsOfALevel = 5;
/// Beyond so many levels a model that can embed does.
inline constexpr std::int64_t kMostOneHot = 9;

/// What a column is told to be.
enum class As { found_out, category, number };

/// Sets the kind of an input column and what belongs to it (notation, words for missing values,
/// booleans, order of dates) or the reason why it is left out, from all its rows. `notes` gets what
/// may surprise, with the option that decides otherwise.
void decide(TableColumn& column, const Facts& facts, const InputOptions& options, As as,
            std::vector<std::string>& notes);

/// Whether a column counts up by 1 from 0 or 1 and has no name, or that of row numbers.
bool is_row_number(const Facts& facts);

void leave_out(TableColumn& column, const std::string& reason);

}  // namespace downhill::detail
