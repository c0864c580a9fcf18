#pragma once
#include "downhill/data/dataset.h"
#include "downhill/runlog/ended.h"
#include "downhill/runlog/records.h"
#include "downhill/train/model_file.h"

namespace downhill::detail {

/// A metric or two of each epoch, cheap ones: accuracy, or rmse and r2.
NamedNumbers epoch_metrics(const TableModel& model, const Dataset& rows);

/// Everything that is said of a part: loss, metrics with intervals, the best constant's figures,
/// confusion, calibration, a sample of targets and predictions.
EvaluationRecord evaluate_rows(TableModel& model, const Dataset& rows, Split split,
                               std::uint64_t seed);

}  // namespace downhill::detail
