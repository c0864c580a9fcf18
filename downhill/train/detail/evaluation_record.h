#pragma once
#include <span>
#include <string>
#include <vector>

#include "downhill/metrics/evaluation.h"
#include "downhill/runlog/ended.h"
#include "downhill/runlog/records.h"

namespace downhill::detail {

/// An evaluation as the run log holds it. `classes`: their names, in the order of the model's outputs;
/// the confusion matrix stands in the log up to 100 of them. Loss and threshold are the caller's to add.
EvaluationRecord record_of(const Evaluation& evaluation, Split split,
                           const std::vector<std::string>& classes = {});

/// Adds the rows that stand for all in a picture: all up to 2,000, else every k-th.
void add_sample(EvaluationRecord& record, std::span<const double> targets,
                std::span<const double> predictions);

}  // namespace downhill::detail
