#pragma once
#include <span>
#include <string>

#include "downhill/cli/json.h"
#include "downhill/train/table_run.h"

namespace downhill::cli {

/// What was resolved, before the run: a few lines as wide as the terminal; `verbose`: every choice with
/// its reason, every column with what was made of it.
std::string configuration_text(const ResolvedRun& run, const TableRunOptions& options,
                               bool verbose);

/// What came of it: verdict, how it ended and where, the report's path, a table of parts by metrics.
/// `verbose`: evidence, constants and where it stands in full.
std::string result_text(const TableRunResult& result, bool verbose);

/// What the doctor found while it trains, as wide as the terminal.
std::string finding_line(const Finding& finding);
/// The same whole, and what to do.
std::string finding_text(const Finding& finding);

/// The checks before the first step, one a line.
std::string checks_text(std::span<const TrainingCheck> checks);
JsonWriter checks_json(std::span<const TrainingCheck> checks);

JsonWriter result_json(const TableRunResult& result, const Config& config);

}  // namespace downhill::cli
