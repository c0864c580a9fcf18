#include "downhill/runlog/writer.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <system_error>

#include "downhill/core/error.h"
#include "downhill/runlog/detail/fields.h"
#include "downhill/runlog/detail/lines.h"

namespace downhill {
namespace {

/// Appends values as JSON. Text that is not UTF-8 keeps its readable part.
class JsonText {
 public:
  void value(std::int64_t number) { text_ += fmt::format("{}", number); }
  void value(bool truth) { text_ += truth ? "true" : "false"; }
  void value(const std::string& words) {
    using nlohmann::json;
    text_ += json(words).dump(-1, ' ', false, json::error_handler_t::replace);
  }
  void value(double number) {
    if (std::isnan(number)) {
      text_ += "\"nan\"";
    } else if (std::isinf(number)) {
      text_ += number > 0 ? "\"inf\"" : "\"-inf\"";
    } else {
      text_ += fmt::format("{}", number);
    }
  }
  template <class T>
  void value(const std::vector<std::pair<std::string, T>>& named) {
    text_ += '{';
    for (std::size_t i = 0; i < named.size(); ++i) {
      if (i > 0) text_ += ',';
      value(named[i].first);
      text_ += ':';
      value(named[i].second);
    }
    text_ += '}';
  }
  template <class T>
  void value(const std::vector<T>& list) {
    text_ += '[';
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0) text_ += ',';
      value(list[i]);
    }
    text_ += ']';
  }
  template <class Record>
  requires requires(JsonText& v, const Record& r) { runlog_detail::visit_fields(v, r); }
  void value(const Record& record) {
    text_ += '{';
    fresh_ = true;
    runlog_detail::visit_fields(*this, record);
    text_ += '}';
    fresh_ = false;
  }

  template <class T>
  void needed(const char* name, const T& field) {
    if (!fresh_) text_ += ',';
    fresh_ = false;
    text_ += fmt::format("\"{}\":", name);
    value(field);
  }
  template <class T>
  void optional(const char* name, const T& field) {
    needed(name, field);
  }
  template <class T>
  void optional(const char* name, const std::optional<T>& field) {
    if (field) needed(name, *field);
  }

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  bool fresh_ = true;
};

template <class Record>
std::string json_of(const Record& record) {
  JsonText text;
  text.needed("record", std::string(runlog_detail::kind_of(record)));
  runlog_detail::visit_fields(text, record);
  return '{' + text.take() + '}';
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
