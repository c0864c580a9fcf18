#include "downhill/cli/run_files.h"

#include <fmt/format.h>

#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/runlog/any_log.h"

namespace downhill::cli {

RunLog read_log(const std::filesystem::path& run_or_log, bool quiet,
                const std::vector<std::string>& columns) {
  if (run_or_log.empty()) throw_argument("the name", "is empty; expected a run directory or a log");
  AnyLog any = read_any_log(run_or_log, columns);
  if (quiet) return std::move(any.log);
  if (any.log.truncated_line > 0)
    note(fmt::format("{}: line {} was cut short and is left out\n", run_or_log.string(),
                     any.log.truncated_line));
  for (const std::string& taken : any.notes) note(taken + "\n");
  return std::move(any.log);
}

}  // namespace downhill::cli
