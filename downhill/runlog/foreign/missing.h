#pragma once
#include "downhill/runlog/foreign/columns.h"
#include "downhill/runlog/foreign/log_table.h"

namespace downhill::foreign {

/// What empty cells and NaN of the losses mean. NaN that comes and goes stands for a missing cell, but
/// for a training loss on few rows that tell all else as rows with a loss do; NaN to the end, or at the
/// begin, is a NaN. A loss that is there no more for the last tenth of the rows or
/// longer, and longer than three times any gap before, while the log goes on, was NaN: pandas writes it
/// as an empty cell, JavaScript as null. That is noted.
void settle_missing(LogTable& table, const Columns& columns);

}  // namespace downhill::foreign
