#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "downhill/cli/arguments.h"
#include "downhill/cli/exit_code.h"
#include "downhill/cli/landscape_shown.h"
#include "downhill/cli/run_files.h"
#include "downhill/cli/terminal.h"
#include "downhill/core/options.h"
#include "downhill/doctor/doctor.h"
#include "downhill/io/atomic_file.h"
#include "downhill/io/same_file.h"
#include "downhill/report/html.h"
#include "downhill/train/files.h"
#include "downhill/train/landscape_file.h"

namespace downhill::cli {

namespace fs = std::filesystem;

namespace {

std::optional<LandscapeShown> plane_in(const std::string& file) {
  if (file.empty()) return {};
  const RunLandscape found = read_landscape(file);
  const auto side = static_cast<std::size_t>(found.points);
  if (found.axes.size() != 2 || found.values.size() != side * side)
    throw_argument("--landscape",
                   fmt::format("= '{}' is not a whole plane; expected the --out of a "
                               "landscape without --line, to its end",
                               file));
  return landscape_shown(found);
}

}  // namespace

int report_command(const Words& words) {
  std::string run, out, landscape;
  std::vector<std::string> columns;
  Arguments arguments(
      "report",
      "Writes the report of a run as one HTML file that needs no network: verdict with evidence,\n"
      "curves, configuration. Of a log of another program too, as doctor reads it.\n",
      "downhill report run/digits");
  arguments.positional("RUN", run, "a run directory, a run.jsonl, or another program's log");
  arguments.text("--out", "F.html", out, "write there [default: report.html beside the log]");
  arguments.text("--landscape", "F.json", landscape,
                 "show the loss around the run, as downhill landscape RUN --out F.json wrote it");
  arguments.option("--column", "ROLE=NAME",
                   "what a column is that is not recognised, as doctor takes it",
                   [&](const std::string& text) {
                     for (const std::string_view pair : split_outside(text, ','))
                       columns.emplace_back(pair);
                   });
  if (!arguments.parse(words)) return kOk;
  RunLog log = read_log(run, arguments.quiet(), columns);
  if (log.start.config.empty()) log.start.config = {{"log", fs::path(run).filename().string()}};
  fs::path path = run;
  if (!out.empty()) path = out;
  else if (fs::is_directory(path)) path /= kReportFile;
  else path.replace_filename(kReportFile);
  const fs::path log_path = fs::is_directory(run) ? fs::path(run) / kLogFile : fs::path(run);
  std::vector<NamedFile> inputs = tables_of(log.start.config);
  inputs.push_back({"RUN", log_path});
  inputs.push_back({"--landscape", landscape});
  if (fs::is_directory(run))
    for (const char* name : {kModelFile, kCheckpointFile})
      inputs.push_back({"RUN", run / fs::path(name)});
  check_outputs(inputs, std::array{NamedFile{"--out", path}});
  write_atomically(
      path, html_report(log, log.verdict ? *log.verdict : diagnose(log), plane_in(landscape)));
  print(path.string() + "\n");
  return kOk;
}

}  // namespace downhill::cli
