#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "downhill/io/append_file.h"
#include "downhill/io/json_writer.h"
#include "downhill/runlog/records.h"

namespace downhill {

/// How far a run log was at a moment: bytes after the start record's line, and their CRC-32C. It says
/// nothing of the start record, which holds the number of threads.
struct LogMark {
  std::int64_t bytes = 0;
  std::int64_t crc = 0;
};

/// Writes a run log, one line of JSON per record, each the system's when `write` returns, so that a
/// crash costs at most the line being written. docs/run-log.md has the schema. A failed write throws
/// FileError (write).
class RunLogWriter {
 public:
  /// A new log at `path`; what was there is replaced. Writes the start record.
  RunLogWriter(const std::filesystem::path& path, const StartRecord& start);

  /// Continues the log at `path` where it was at `mark`: what follows is cut off. Throws FileError
  /// (data), with the file as it was, if it is shorter, not the log of that mark, or of a run with
  /// another configuration (but for `epochs`: a run is made longer by resuming it).
  static RunLogWriter resume(const std::filesystem::path& path, const LogMark& mark,
                             const Config& config);

  void write(const ColumnsRecord& record);
  void write(const StepRecord& record);
  void write(const EpochRecord& record);
  void write(const EvaluationRecord& record);
  void write(const StandsRecord& record);
  void write(const Verdict& record);
  void write(const EndRecord& record);

  /// Brings all that was written to the disk.
  void sync() { file_.sync(); }
  /// The end: see AppendFile::close.
  void close() { file_.close(); }
  const LogMark& mark() const { return mark_; }

 private:
  RunLogWriter(AppendFile file, const LogMark& mark) : file_(std::move(file)), mark_(mark) {}
  template <class Record>
  void append(const Record& record);

  AppendFile file_;
  LogMark mark_;
};

/// What `downhill doctor --json` prints of a verdict, without a line end; an end that the log does not
/// tell is "unknown".
std::string verdict_json(const Verdict& verdict);

/// Its findings as a member of an object that is being written.
void write_findings(JsonWriter& json, const Verdict& verdict);

}  // namespace downhill
