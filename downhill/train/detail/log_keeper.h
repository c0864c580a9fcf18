#pragma once
#include <filesystem>
#include <optional>
#include <utility>

#include "downhill/runlog/reader.h"
#include "downhill/runlog/writer.h"

namespace downhill::detail {

/// The log of a run: in memory, and in a file if the run has a directory.
class LogKeeper {
 public:
  void begin(StartRecord start) { log_.start = std::move(start); }
  /// A new file; `after_step`: the step before its first one, where that is not the run's first.
  void open(const std::filesystem::path& file, std::int64_t after_step = 0) {
    if (after_step > 0) log_.start.after_step = after_step;
    writer_.emplace(file, log_.start);
  }
  /// Goes on with a file as it was at `mark`; what it holds beyond that is dropped. Throws FileError
  /// (data) if it is not that log: then all is as it was.
  void resume(const std::filesystem::path& file, const LogMark& mark) {
    writer_.emplace(RunLogWriter::resume(file, mark, log_.start.config));
    log_ = read_run_log(file);
  }

  void write(const ColumnsRecord& record) { keep(record), log_.columns = record; }
  void write(const StepRecord& record) { keep(record), log_.steps.push_back(record); }
  void write(const EpochRecord& record) { keep(record), log_.epochs.push_back(record); }
  void write(const EvaluationRecord& record) { keep(record), log_.evaluations.push_back(record); }
  void write(const StandsRecord& record) { keep(record), log_.stands = record; }
  void write(const Verdict& record) { keep(record), log_.verdict = record; }
  void write(const EndRecord& record) { keep(record), log_.end = record; }

  /// On the disk, before a checkpoint says how far the log was.
  LogMark sync() {
    if (!writer_) return {};
    writer_->sync();
    return writer_->mark();
  }
  void close() {
    if (writer_) writer_->close();
    writer_.reset();
  }

  const RunLog& log() const { return log_; }

 private:
  template <class Record>
  void keep(const Record& record) {
    if (writer_) writer_->write(record);
  }

  RunLog log_;
  std::optional<RunLogWriter> writer_;
};

}  // namespace downhill::detail
