#include "downhill/runlog/writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "downhill/core/error.h"
#include "downhill/io/crc32c.h"
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

Config without_epochs(Config config) {
  std::erase_if(config, [](const auto& entry) { return entry.first == "epochs"; });
  std::ranges::sort(config);
  return config;
}

}  // namespace

RunLogWriter::RunLogWriter(const std::filesystem::path& path, const StartRecord& start)
    : file_(AppendFile::create(path)) {
  file_.append(json_of(start) + '\n');
}

RunLogWriter RunLogWriter::resume(const std::filesystem::path& path, const LogMark& mark,
                                  const Config& config) {
  const runlog_detail::Beginning kept = runlog_detail::beginning_of(path, mark);
  if (without_epochs(kept.start.config) != without_epochs(config))
    throw FileError(
        FileError::Kind::data,
        fmt::format("[run log] {}: is of a run with another configuration", path.string()));
  return {AppendFile::after(path, kept.bytes), mark};
}

template <class Record>
void RunLogWriter::append(const Record& record) {
  const std::string line = json_of(record) + '\n';
  file_.append(line);
  mark_.bytes += static_cast<std::int64_t>(line.size());
  mark_.crc = crc32c(static_cast<std::uint32_t>(mark_.crc), line.data(), line.size());
}

void RunLogWriter::write(const ColumnsRecord& record) {
  constexpr std::size_t kPiece = 1000;
  const std::vector<ColumnRecord>& all = record.columns;
  for (std::size_t begin = 0; begin == 0 || begin < all.size(); begin += kPiece) {
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto count = std::min(kPiece, all.size() - begin);
    append(ColumnsRecord{{from, from + static_cast<std::ptrdiff_t>(count)}});
  }
}
void RunLogWriter::write(const StepRecord& record) { append(record); }
void RunLogWriter::write(const EpochRecord& record) { append(record); }
void RunLogWriter::write(const EvaluationRecord& record) { append(record); }
void RunLogWriter::write(const StandsRecord& record) { append(record); }
void RunLogWriter::write(const Verdict& record) { append(record); }
void RunLogWriter::write(const EndRecord& record) { append(record); }

void write_findings(JsonWriter& json, const Verdict& verdict) {
  json.member("findings", verdict.findings);
}

std::string verdict_json(const Verdict& verdict) {
  JsonWriter json;
  json.begin_object();
  json.member("verdict", verdict.name);
  json.member("state", verdict.state);
  json.member("ended", std::string(verdict.ended ? text_of(*verdict.ended) : "unknown"));
  json.member("converged_from", verdict.converged_from);
  write_findings(json, verdict);
  json.member("not_examined", verdict.not_examined);
  json.end_object();
  return json.take();
}

}  // namespace downhill
