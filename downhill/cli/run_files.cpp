#include "downhill/cli/run_files.h"

#include <fmt/format.h>

#include "downhill/cli/terminal.h"
#include "downhill/core/error.h"
#include "downhill/runlog/any_log.h"
#include "downhill/train/files.h"
#include "downhill/train/model_file.h"

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

std::filesystem::path model_path(const std::filesystem::path& run_or_model) {
  if (run_or_model.empty()) throw_argument("a file's name", "is empty");
  if (!std::filesystem::is_directory(run_or_model)) return run_or_model;
  std::filesystem::path model = run_or_model / kModelFile;
  if (std::filesystem::exists(run_or_model / kLogFile) && !std::filesystem::exists(model))
    throw FileError(
        FileError::Kind::model,
        fmt::format("{}: the run left no {}: its loss was not finite, or it was ended "
                    "before the first epoch; look at it with downhill doctor, or train again",
                    run_or_model.string(), kModelFile));
  return model;
}

void note_all(const std::vector<std::string>& notes) {
  for (const std::string& text : notes) note(fmt::format("downhill: note: {}\n", text));
}

std::vector<NamedFile> tables_of(const Config& config) {
  std::vector<NamedFile> files;
  for (const auto& [name, value] : config)
    if (name == "data" || name == "validation" || name == "test") {
      std::error_code ignored;
      if (std::filesystem::exists(value, ignored)) files.push_back({"a table of RUN", value});
    }
  return files;
}

std::vector<NamedFile> files_of_runs(const std::vector<std::filesystem::path>& runs) {
  std::vector<NamedFile> files;
  for (const auto& run : runs) {
    if (run.empty()) continue;
    for (const char* name : {kModelFile, kCheckpointFile, kLogFile, kReportFile})
      files.push_back({"RUN", run / name});
    try {
      for (NamedFile& table : tables_of(TableModel::read(run / kModelFile).card.training))
        files.push_back(std::move(table));
    } catch (const FileError&) {  // the command will say what is wrong with the model
    }
  }
  return files;
}

}  // namespace downhill::cli
