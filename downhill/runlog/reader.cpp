#include "downhill/runlog/reader.h"

#include <fmt/format.h>

#include <fstream>
#include <set>
#include <system_error>

#include "downhill/core/error.h"
#include "downhill/runlog/detail/json_fields.h"
#include "downhill/runlog/detail/lines.h"

namespace downhill {
namespace {

using runlog_detail::Json;
using runlog_detail::JsonFields;
using runlog_detail::LineError;

constexpr std::size_t kLongestLine = std::size_t{16} << 20;  // bytes
constexpr int kDeepest = 8;                                  // objects within objects
constexpr std::size_t kMostKeys = 10000;                     // in one object

[[noreturn]] void fail(const std::filesystem::path& path, std::int64_t line,
                       const std::string& message) {
  const std::string place = line > 0 ? fmt::format(":{}", line) : "";
  throw FileError(FileError::Kind::data,
                  fmt::format("[run log] {}{}: {}", path.string(), place, message));
}

/// Parses one line; refuses deep nesting, keys that are there twice, and absurd numbers of keys.
Json parse_line(const std::string& line) {
  std::vector<std::set<std::string>> keys;
  const auto check = [&keys](int depth, Json::parse_event_t event, Json& parsed) {
    using Event = Json::parse_event_t;
    if (depth > kDeepest) throw LineError{fmt::format("nested deeper than {}", kDeepest)};
    if (event == Event::object_start) keys.emplace_back();
    if (event == Event::object_end) keys.pop_back();
    if (event == Event::key) {
      const auto& name = parsed.get_ref<const std::string&>();
      if (!keys.back().insert(name).second)
        throw LineError{fmt::format("the field '{}' is there twice", name.substr(0, 80))};
      if (keys.back().size() > kMostKeys)
        throw LineError{fmt::format("more than {} fields in one object", kMostKeys)};
    }
    return true;
  };
  try {
    return Json::parse(line, check);
  } catch (const Json::exception& error) {
    throw LineError{fmt::format("not a line of JSON: {}", error.what())};
  }
}

template <class Record>
Record read_record(const Json& object) {
  Record record;
  JsonFields fields(object, fmt::format("the {} record", runlog_detail::kind_of(record)));
  std::string kind;
  fields.needed("record", kind);
  runlog_detail::visit_fields(fields, record);
  fields.finish();
  return record;
}

void expect_one_of(const std::string& what, const std::string& word,
                   std::initializer_list<const char*> words) {
  std::string known;
  for (const char* candidate : words) {
    if (word == candidate) return;
    known += (known.empty() ? "" : ", ") + std::string(candidate);
  }
  throw LineError{fmt::format("{} '{}' is none of: {}", what, word.substr(0, 80), known)};
}

void expect_split(const std::string& split) {
  expect_one_of("split", split, {"train", "validation", "test"});
}

/// Takes the records in their order and holds them to the rules between lines.
class LogBuilder {
 public:
  void add(const Json& object) {
    const auto found = object.is_object() ? object.find("record") : object.end();
    if (!object.is_object() || found == object.end() || !found->is_string())
      throw LineError{"no object with a text field 'record'"};
    const std::string kind = *found;
    expect_one_of("record", kind, {"start", "step", "epoch", "stands", "verdict", "end"});
    if ((kind == "start") == started_)
      throw LineError{started_ ? "a second start record" : "the first record is not 'start'"};
    if (log_.end) throw LineError{"a record after the end record"};
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
  void start(const Json& object) {
    const auto schema = object.find("schema");
    if (schema != object.end() && *schema != kRunLogSchema)
      throw LineError{fmt::format("schema {} is not supported; this version reads schema {}",
                                  schema->dump(), kRunLogSchema)};
    log_.start = read_record<StartRecord>(object);
    started_ = true;
  }
  void step(const Json& object) {
    auto record = read_record<StepRecord>(object);
    expect_split(record.split);
    if (!log_.steps.empty() && record.step <= log_.steps.back().step)
      throw LineError{fmt::format("step {} follows step {}", record.step, log_.steps.back().step)};
    log_.steps.push_back(std::move(record));
  }
  void epoch(const Json& object) {
    auto record = read_record<EpochRecord>(object);
    expect_split(record.split);
    if (!log_.epochs.empty() && record.epoch < log_.epochs.back().epoch)
      throw LineError{
          fmt::format("epoch {} follows epoch {}", record.epoch, log_.epochs.back().epoch)};
    log_.epochs.push_back(std::move(record));
  }
  void stands(const Json& object) {
    auto record = read_record<StandsRecord>(object);
    expect_one_of("stands", record.stands, {"descending", "saddle", "minimum", "unknown"});
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

/// Reads one line of at most kLongestLine bytes; `whole` says whether it had a line end.
bool next_line(std::istream& in, std::string& line, bool& whole) {
  line.clear();
  for (int c = in.get(); c != std::char_traits<char>::eof(); c = in.get()) {
    whole = c == '\n';
    if (whole) return true;
    line += static_cast<char>(c);
    if (line.size() > kLongestLine) throw LineError{"the line is longer than 16 MiB"};
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
      Json object;
      try {
        object = parse_line(line);
      } catch (const LineError&) {
        if (whole || !builder.started()) throw;
        builder.log().truncated_line = number;
        break;
      }
      builder.add(object);
    } catch (const LineError& error) {
      fail(path, number, error.message);
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
    const bool later = (!log.steps.empty() && log.steps.back().step > step) ||
                       (!log.epochs.empty() && log.epochs.back().step > step);
    if (later || log.stands || log.verdict || log.end || !whole) return false;
    kept = bytes;
    return true;
  });
  if (kept == 0) fail(path, 1, "the start record is not a whole line");
  return kept;
}

}  // namespace downhill
