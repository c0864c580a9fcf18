#pragma once
#include <filesystem>

#include "downhill/runlog/records.h"

namespace downhill {

/// Reads a run log. Strict: anything that docs/run-log.md does not describe throws FileError (data)
/// with file and line. One exception: a last line that a crash cut short (no line end, not whole)
/// is left out, and `truncated_line` says which it was.
RunLog read_run_log(const std::filesystem::path& path);

}  // namespace downhill
