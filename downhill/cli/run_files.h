#pragma once
#include <filesystem>

#include "downhill/runlog/records.h"

namespace downhill::cli {

/// The log of a run directory, or the log file itself; UsageError for an empty name, FileError
/// (data) for what is no log. A line that a crash cut short is noted on stderr.
RunLog read_log(const std::filesystem::path& run_or_log, bool quiet);

}  // namespace downhill::cli
