#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "downhill/runlog/records.h"

namespace downhill::cli {

/// The log of a run directory, or the log file itself, also of another program; UsageError for an
/// empty name, FileError (data) for what is no log. What its columns were taken for, and a line that a
/// crash cut short, are noted on stderr. `columns`: see read_any_log.
RunLog read_log(const std::filesystem::path& run_or_log, bool quiet,
                const std::vector<std::string>& columns = {});

}  // namespace downhill::cli
