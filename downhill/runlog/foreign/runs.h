#pragma once
#include "downhill/runlog/foreign/columns.h"
#include "downhill/runlog/foreign/log_table.h"

namespace downhill::foreign {

/// Leaves the rows of one run, in the order in which it ran: of several runs in a file the last, of
/// what a restart did again the later rows, and rows in any other order by epoch and step. What was
/// done is noted in the table. True if it was changed.
bool keep_one_run(LogTable& table, const Columns& columns);

}  // namespace downhill::foreign
