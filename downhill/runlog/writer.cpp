#include "downhill/runlog/writer.h"

#include <fmt/format.h>

#include <system_error>

#include "downhill/core/error.h"
#include "downhill/io/json_writer.h"
#include "downhill/runlog/detail/fields.h"
#include "downhill/runlog/detail/lines.h"

namespace downhill {
namespace {

template <class Record>
std::string json_of(const Record& record) {
  JsonWriter json;
  json.begin_object();
  json.member("record", runlog_detail::kind_of(record));
  visit_fields(json, record);
  json.end_object();
  return json.take();
}

}  // namespace

RunLogWriter::RunLogWriter(const std::filesystem::path& path, std::ios::openmode mode)
    : path_(path), out_(path, mode | std::ios::binary) {
  if (!out_)
    throw FileError(FileError::Kind::write,
                    fmt::format("[run log] {}: cannot be opened for writing", path.string()));
}

RunLogWriter::RunLogWriter(const std::filesystem::path& path, const StartRecord& start)
    : RunLogWriter(path, std::ios::out | std::ios::trunc) {
  append(start);
}

RunLogWriter RunLogWriter::resume(const std::filesystem::path& path, std::int64_t step) {
  const std::uintmax_t kept = runlog_detail::bytes_up_to_step(path, step);
  std::error_code failure;
  std::filesystem::resize_file(path, kept, failure);
  if (failure)
    throw FileError(FileError::Kind::write,
                    fmt::format("[run log] {}: cannot be cut to {} bytes: {}", path.string(), kept,
                                failure.message()));
  return RunLogWriter(path, std::ios::out | std::ios::app);
}

template <class Record>
void RunLogWriter::append(const Record& record) {
  out_ << json_of(record) + '\n' << std::flush;
  if (!out_)
    throw FileError(FileError::Kind::write,
                    fmt::format("[run log] {}: write failed (disk full?)", path_.string()));
}

void RunLogWriter::write(const StepRecord& record) { append(record); }
void RunLogWriter::write(const EpochRecord& record) { append(record); }
void RunLogWriter::write(const StandsRecord& record) { append(record); }
void RunLogWriter::write(const Verdict& record) { append(record); }
void RunLogWriter::write(const EndRecord& record) { append(record); }

std::string verdict_json(const Verdict& verdict) { return json_of(verdict); }

}  // namespace downhill
