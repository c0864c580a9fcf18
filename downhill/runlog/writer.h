#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "downhill/runlog/records.h"

namespace downhill {

/// Writes a run log, one line of JSON per record, each flushed when it is written, so that a crash
/// costs at most the line being written. docs/run-log.md has the schema. A failed write throws
/// FileError (write).
class RunLogWriter {
 public:
  /// A new log at `path`; what was there is replaced. Writes the start record.
  RunLogWriter(const std::filesystem::path& path, const StartRecord& start);

  /// Continues the log at `path` after the checkpoint of `step`: keeps the records of steps up to
  /// and with `step`, cuts off all that follow (later steps; stands, verdict and end; a line that
  /// a crash cut short), so that nothing stands in the log twice. The checkpoint must therefore
  /// be saved after the records of its step are written. Throws FileError (data) if the file is
  /// not a run log.
  static RunLogWriter resume(const std::filesystem::path& path, std::int64_t step);

  void write(const StepRecord& record);
  void write(const EpochRecord& record);
  void write(const StandsRecord& record);
  void write(const Verdict& record);
  void write(const EndRecord& record);

 private:
  explicit RunLogWriter(const std::filesystem::path& path, std::ios::openmode mode);
  template <class Record>
  void append(const Record& record);

  std::filesystem::path path_;
  std::ofstream out_;
};

/// The verdict as the JSON object that the log holds, without a line end.
std::string verdict_json(const Verdict& verdict);

}  // namespace downhill
