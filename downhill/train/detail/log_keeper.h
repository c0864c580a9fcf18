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
  void open(const std::filesystem::path& file) { writer_.emplace(file, log_.start); }
  /// Goes on with a file after `step`; what it holds beyond that is dropped.
  void resume(const std::filesystem::path& file, std::int64_t step) {
    writer_.emplace(RunLogWriter::resume(file, step));
    log_ = read_run_log(file);
  }

  void write(const StepRecord& record) { keep(record), log_.steps.push_back(record); }
  void write(const EpochRecord& record) { keep(record), log_.epochs.push_back(record); }
  void write(const StandsRecord& record) { keep(record), log_.stands = record; }
  void write(const Verdict& record) { keep(record), log_.verdict = record; }
  void write(const EndRecord& record) { keep(record), log_.end = record; }

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
