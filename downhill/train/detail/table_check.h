#pragma once
#include <vector>

#include "downhill/train/check_training.h"
#include "downhill/train/model_file.h"
#include "downhill/train/table_run.h"

namespace downhill::detail {

/// On a sample of the training rows, by the seed.
std::vector<TrainingCheck> checks_of(TableModel& model, Optimizer& optimizer, const Dataset& train,
                                     std::uint64_t seed);
/// Whether it costs less than a fiftieth of the run.
bool check_is_wanted(const TableRunOptions& options, std::int64_t train_rows);

}  // namespace downhill::detail
