#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "downhill/runlog/foreign/columns.h"
#include "downhill/runlog/foreign/log_table.h"
#include "downhill/runlog/foreign/places.h"

namespace downhill::foreign {

/// The runs that a column tells, numbered as they begin, for each row; -1: none. A row without a name
/// is of the run before.
std::vector<int> named_runs(const LogTable& table, const Columns& columns);

/// Of several runs with names leaves the one that begins last, and what it was resumed from under
/// another name. `run_of` is what named_runs says. True if rows were left out.
bool keep_last_named(LogTable& table, const Columns& columns, const Places& places,
                     const std::vector<int>& run_of);

/// Says why a file holds several runs, and which rows of it are examined.
void note_runs(LogTable& table, std::size_t runs, const std::string& why, std::size_t first,
               std::size_t last);

}  // namespace downhill::foreign
