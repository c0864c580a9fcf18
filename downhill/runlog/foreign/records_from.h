#pragma once
#include <string>
#include <vector>

#include "downhill/runlog/foreign/columns.h"
#include "downhill/runlog/records.h"

namespace downhill::foreign {

/// The rows as step and epoch records. It is a log by epoch if every row with a training loss has an
/// epoch of its own, or, without epochs, a validation loss.
RunLog records_from(LogTable& table, const Columns& columns);

/// "training loss: train_loss", one per column that was taken.
std::vector<std::string> notes_of(const LogTable& table, const Columns& columns);

}  // namespace downhill::foreign
