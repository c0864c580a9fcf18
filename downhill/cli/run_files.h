#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "downhill/io/same_file.h"
#include "downhill/runlog/records.h"

namespace downhill::cli {

/// The log of a run directory, or the log file itself, also of another program; UsageError for an
/// empty name, FileError (data) for what is no log. What its columns were taken for, and a line that a
/// crash cut short, are noted on stderr. `columns`: see read_any_log.
RunLog read_log(const std::filesystem::path& run_or_log, bool quiet,
                const std::vector<std::string>& columns = {});

/// The model of a run directory, or the model file itself; UsageError for an empty name.
std::filesystem::path model_path(const std::filesystem::path& run_or_model);

/// The tables that a run's configuration names.
std::vector<NamedFile> tables_of(const Config& config);

/// What a command must not write over: the files of these run directories and the tables that they
/// were trained on; empty names are left out.
std::vector<NamedFile> files_of_runs(const std::vector<std::filesystem::path>& runs);

/// "downhill: note: ..." on stderr, each in a line of its own.
void note_all(const std::vector<std::string>& notes);

}  // namespace downhill::cli
