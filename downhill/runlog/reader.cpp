#include "downhill/runlog/reader.h"

#include <fmt/format.h>

#include <fstream>
#include <optional>
#include <system_error>

#include "downhill/core/error.h"
#include "downhill/io/json_fields.h"
#include "downhill/io/json_reader.h"
#include "downhill/runlog/detail/fields.h"
#include "downhill/runlog/detail/lines.h"
#include "downhill/runlog/ended.h"

namespace downhill {
namespace {

// One line of the log; the longest real ones are verdicts, of some kB.
constexpr JsonLimits kLimits{.bytes = std::size_t{16} << 20, .depth = 8, .keys = 10000};

[[noreturn]] void fail(const std::filesystem::path& path, std::int64_t line,
                       const std::string& message) {
  const std::string place = line > 0 ? fmt::format(":{}", line) : "";
  throw FileError(FileError::Kind::data,
                  fmt::format("[run log] {}{}: {}", path.string(), place, message));
}

/// A rule between lines is broken; the place is the line's begin.
[[noreturn]] void refuse(JsonView object, const std::string& message) {
  throw JsonError(object.byte(), message);
}

template <class Record>
Record read_record(JsonView object) {
  Record record;
  JsonFields fields(object, fmt::format("the {} record", runlog_detail::kind_of(record)));
  std::string kind;
  fields.needed("record", kind);
  visit_fields(fields, record);
  fields.finish();
  return record;
}

void expect_one_of(JsonView object, const std::string& what, std::string_view word,
                   std::initializer_list<const char*> words) {
  std::string known;
  for (const char* candidate : words) {
    if (word == candidate) return;
    known += (known.empty() ? "" : ", ") + std::string(candidate);
  }
  refuse(object, fmt::format("{} {} is none of: {}", what, excerpt(word, 80), known));
}

void expect_split(JsonView object, const std::string& split) {
  expect_one_of(object, "split", split, {"train", "validation", "test"});
}

/// Takes the records in their order and holds them to the rules between lines.
class LogBuilder {
 public:
  void add(JsonView object) {
    const auto found = object.is(JsonKind::object) ? object.find("record") : std::nullopt;
    if (!found || !found->is(JsonKind::text))
      refuse(object, "no object with a text field 'record'");
    const std::string_view kind = found->text();
    expect_one_of(*found, "record", kind, {"start", "step", "epoch", "stands", "verdict", "end"});
    if ((kind == "start") == started_)
      refuse(object, started_ ? "a second start record" : "the first record is not 'start'");
    if (log_.end) refuse(object, "a record after the end record");
    if (kind == "start") start(object);
    if (kind == "step") step(object);
    if (kind == "epoch") epoch(object);
    if (kind == "stands") stands(object);
    if (kind == "verdict") log_.verdict = read_record<Verdict>(object);
    if (kind == "end") log_.end = read_record<EndRecord>(object);
  }
  RunLog& log() { return log_; }
  bool started() const { return started_; }

 private:
  void start(JsonView object) {
    // Before the fields: another schema may have others.
    const auto schema = object.find("schema");
    if (schema && schema->is_number() && schema->number() != kRunLogSchema)
      refuse(*schema, fmt::format("schema {} is not supported; this version reads schema {}",
                                  schema->number(), kRunLogSchema));
    log_.start = read_record<StartRecord>(object);
    started_ = true;
  }
  void step(JsonView object) {
    auto record = read_record<StepRecord>(object);
    expect_split(object, record.split);
    if (!log_.steps.empty() && record.step <= log_.steps.back().step)
      refuse(object, fmt::format("step {} follows step {}", record.step, log_.steps.back().step));
    log_.steps.push_back(std::move(record));
  }
  void epoch(JsonView object) {
    auto record = read_record<EpochRecord>(object);
    expect_split(object, record.split);
    const bool back = !log_.epochs.empty() && record.epoch < log_.epochs.back().epoch;
    if (back && record.split != text_of(Split::test))
      refuse(object,
             fmt::format("epoch {} follows epoch {}", record.epoch, log_.epochs.back().epoch));
    log_.epochs.push_back(std::move(record));
  }
  void stands(JsonView object) {
    auto record = read_record<StandsRecord>(object);
    expect_one_of(object, "stands", record.stands, {"descending", "saddle", "minimum", "unknown"});
    log_.stands = std::move(record);
  }

  RunLog log_;
  bool started_ = false;
};

std::ifstream open_log(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) fail(path, 0, "is a directory, not a run log");
  std::ifstream in(path, std::ios::binary);
  if (!in) fail(path, 0, "cannot be opened");
  return in;
}

/// Reads one line of at most kLimits.bytes; `whole` says whether it had a line end.
bool next_line(std::istream& in, std::string& line, bool& whole) {
  line.clear();
  for (int c = in.get(); c != std::char_traits<char>::eof(); c = in.get()) {
    whole = c == '\n';
    if (whole) return true;
    line += static_cast<char>(c);
    if (line.size() > kLimits.bytes)
      throw JsonError(line.size() - 1, "the line is longer than 16 MiB");
  }
  whole = false;
  return !line.empty();
}

/// Reads the log; calls `each(builder, bytes)` after every whole record, until it returns false.
template <class Each>
RunLog read_lines(const std::filesystem::path& path, Each each) {
  std::ifstream in = open_log(path);
  LogBuilder builder;
  std::string line;
  std::uintmax_t bytes = 0;
  std::int64_t number = 1;
  for (bool whole = true; whole; ++number) {
    try {
      if (!next_line(in, line, whole)) break;
      std::optional<JsonDocument> record;
      try {
        record = JsonDocument::parse(line, kLimits);
      } catch (const JsonError& error) {
        if (whole || !builder.started())
          throw JsonError(error.byte(), fmt::format("not a line of JSON: {}", error.what()));
        builder.log().truncated_line = number;
        break;
      }
      builder.add(record->root());
    } catch (const JsonError& error) {
      fail(path, number, fmt::format("column {}: {}", error.byte() + 1, error.what()));
    }
    bytes += line.size() + 1;
    if (!each(builder.log(), bytes, whole)) break;
  }
  if (!builder.started()) fail(path, 0, "is empty; a run log begins with a start record");
  if (in.bad()) fail(path, 0, "cannot be read");
  return std::move(builder.log());
}

}  // namespace

RunLog read_run_log(const std::filesystem::path& path) {
  return read_lines(path, [](const RunLog&, std::uintmax_t, bool) { return true; });
}

std::uintmax_t runlog_detail::bytes_up_to_step(const std::filesystem::path& path,
                                               std::int64_t step) {
  std::uintmax_t kept = 0;
  read_lines(path, [&](const RunLog& log, std::uintmax_t bytes, bool whole) {
    const bool tested = !log.epochs.empty() && log.epochs.back().split == text_of(Split::test);
    const bool later = tested || (!log.steps.empty() && log.steps.back().step > step) ||
                       (!log.epochs.empty() && log.epochs.back().step > step);
    if (later || log.stands || log.verdict || log.end || !whole) return false;
    kept = bytes;
    return true;
  });
  if (kept == 0) fail(path, 1, "the start record is not a whole line");
  return kept;
}

}  // namespace downhill
