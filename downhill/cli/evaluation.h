#pragma once
#include <span>
#include <string>
#include <vector>

#include "downhill/io/json_writer.h"
#include "downhill/runlog/records.h"

namespace downhill::cli {

/// {"loss": ..., "metrics": {...}, "intervals": {name: [low, high]}, "baseline": {...}, "rows": ...},
/// and of classes the confusion matrix and error rates.
void write_evaluation(JsonWriter& json, const EvaluationRecord& record);

/// A table of parts by metrics, the last part with its intervals, and the best constant's figures; in
/// lines of at most `width` characters.
std::string evaluation_table(std::span<const EvaluationRecord> parts, int width);

/// What a reader must not miss: no better than the constant, a metric that is not defined, what two
/// classes cost at the threshold.
std::vector<std::string> evaluation_notes(const EvaluationRecord& record);

}  // namespace downhill::cli
