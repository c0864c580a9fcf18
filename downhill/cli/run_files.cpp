#include "downhill/cli/run_files.h"

#include <fmt/format.h>

#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/runlog/reader.h"
#include "downhill/train/files.h"

namespace downhill::cli {

RunLog read_log(const std::filesystem::path& run_or_log, bool quiet) {
  if (run_or_log.empty())
    throw_argument("the name", "is empty; expected a run directory or a run.jsonl");
  const bool directory = std::filesystem::is_directory(run_or_log);
  const std::filesystem::path path = directory ? run_or_log / kLogFile : run_or_log;
  RunLog log = read_run_log(path);
  if (log.truncated_line > 0 && !quiet)
    note(fmt::format("{}: line {} was cut short and is left out\n", path.string(),
                     log.truncated_line));
  return log;
}

}  // namespace downhill::cli
