#pragma once
#include <string>

#include "downhill/data/dataset.h"
#include "downhill/inspect/stationarity.h"
#include "downhill/runlog/records.h"
#include "downhill/train/fit.h"

namespace downhill::detail {

/// All rows, or a sample of so many by the seed, in their order.
Dataset sample(const Dataset& rows, std::int64_t count, std::uint64_t seed);

/// Where the model stands on these rows, dropout off. The loss is shown `unit` times as large; gradient
/// and curvature are those of what is minimised.
Stands measure(nn::Module& model, const Dataset& rows, const LossOf& loss_of,
               const StationarityOptions& options, double unit = 1);

/// Names where numbers stopped being finite: a parameter, a row of the data, or an operation or its
/// slope. Clears the gradients.
std::string blame(const nn::Module& model, const Batch& batch, const LossOf& loss_of);

StandsRecord record_of(const Stands& stands);

/// What the doctor says of a log.
Verdict judge(const RunLog& log);

}  // namespace downhill::detail
