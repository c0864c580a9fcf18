#pragma once
#include "downhill/runlog/foreign/log_table.h"

namespace downhill::foreign {

/// Where a column (split, phase, mode) says of which rows a row tells, as train and val, the losses and
/// accuracies of validation and test rows become columns of their own: loss, val/loss.
void part_splits(LogTable& table);

}  // namespace downhill::foreign
