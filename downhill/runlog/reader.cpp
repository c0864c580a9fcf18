#include "downhill/runlog/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "downhill/core/error.h"
#include "downhill/io/crc32c.h"
#include "downhill/io/json_bare.h"
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

/// Verdicts of version 0.1 had another form; the doctor judges such a log anew.
std::optional<Verdict> verdict_of(JsonView object) {
  if (object.find("symptoms") || object.find("remedies")) return {};
  return read_record<Verdict>(object);
}

/// Takes the records in their order and holds them to the rules between lines.
class LogBuilder {
 public:
  void add(JsonView object) {
    const auto found = object.is(JsonKind::object) ? object.find("record") : std::nullopt;
    if (!found || !found->is(JsonKind::text))
      refuse(object, "no object with a text field 'record'");
    const std::string_view kind = found->text();
    expect_one_of(*found, "record", kind,
                  {"start", "columns", "step", "epoch", "evaluation", "stands", "verdict", "end"});
    if ((kind == "start") == started_)
      refuse(object, started_ ? "a second start record" : "the first record is not 'start'");
    if (log_.end) refuse(object, "a record after the end record");
    if (kind == "start") start(object);
    if (kind == "columns") columns(object);
    else columns_follow_ = false;
    if (kind == "step") step(object);
    if (kind == "epoch") epoch(object);
    if (kind == "evaluation") evaluation(object);
    if (kind == "stands") log_.stands = read_record<StandsRecord>(object);
    if (kind == "verdict") log_.verdict = verdict_of(object);
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
  void columns(JsonView object) {
    if (log_.columns && !columns_follow_) refuse(object, "a second list of columns");
    auto record = read_record<ColumnsRecord>(object);
    if (!log_.columns) log_.columns.emplace();
    std::ranges::move(record.columns, std::back_inserter(log_.columns->columns));
    columns_follow_ = true;
  }
  void step(JsonView object) {
    auto record = read_record<StepRecord>(object);
    if (!log_.steps.empty() && record.step <= log_.steps.back().step)
      refuse(object, fmt::format("step {} follows step {}", record.step, log_.steps.back().step));
    log_.steps.push_back(std::move(record));
  }
  void epoch(JsonView object) {
    auto record = read_record<EpochRecord>(object);
    const bool back = !log_.epochs.empty() && record.epoch < log_.epochs.back().epoch;
    if (back && record.split != Split::test)
      refuse(object,
             fmt::format("epoch {} follows epoch {}", record.epoch, log_.epochs.back().epoch));
    log_.epochs.push_back(std::move(record));
  }
  void evaluation(JsonView object) {
    auto record = read_record<EvaluationRecord>(object);
    expect_one_of(object, "split", record.split, {"train", "validation", "test"});
    for (const EvaluationRecord& before : log_.evaluations)
      if (before.split == record.split)
        refuse(object, fmt::format("a second evaluation of the {} rows", record.split));
    const std::size_t classes = record.classes.size();
    const bool square =
        record.confusion.empty() || (record.confusion.size() == classes &&
                                     std::ranges::all_of(record.confusion, [&](const auto& row) {
                                       return row.size() == classes;
                                     }));
    if (!square) refuse(object, fmt::format("confusion is not {0} x {0}, one per class", classes));
    if (record.targets.size() != record.predictions.size())
      refuse(object, fmt::format("{} targets have {} predictions", record.targets.size(),
                                 record.predictions.size()));
    log_.evaluations.push_back(std::move(record));
  }
  RunLog log_;
  bool started_ = false;
  bool columns_follow_ = false;  ///< a list of columns may go on
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

}  // namespace

RunLog read_run_log(const std::filesystem::path& path) {
  std::ifstream in = open_log(path);
  LogBuilder builder;
  std::string line;
  std::int64_t number = 1;
  for (bool whole = true; whole; ++number) {
    try {
      if (!next_line(in, line, whole)) break;
      std::optional<JsonDocument> record;
      try {
        record = JsonDocument::parse(without_bare_numbers(line), kLimits);
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
  }
  if (!builder.started()) fail(path, 0, "is empty; a run log begins with a start record");
  if (in.bad()) fail(path, 0, "cannot be read");
  return std::move(builder.log());
}

runlog_detail::Beginning runlog_detail::beginning_of(const std::filesystem::path& path,
                                                     const LogMark& mark) {
  std::ifstream in = open_log(path);
  std::string line;
  LogBuilder builder;
  try {
    bool whole = false;
    next_line(in, line, whole);
    if (!whole) fail(path, 1, "the start record is not a whole line");
    builder.add(JsonDocument::parse(line, kLimits).root());
  } catch (const JsonError& error) {
    fail(path, 1, fmt::format("column {}: {}", error.byte() + 1, error.what()));
  }
  std::uint32_t crc = 0;
  std::vector<char> piece(std::size_t{1} << 16);
  for (auto left = static_cast<std::uint64_t>(mark.bytes); left > 0;) {
    const std::uint64_t wanted = std::min<std::uint64_t>(left, piece.size());
    if (!in.read(piece.data(), static_cast<std::streamsize>(wanted)))
      fail(path, 0,
           fmt::format("is shorter than it was at the checkpoint, by {} bytes",
                       left - static_cast<std::uint64_t>(in.gcount())));
    crc = crc32c(crc, piece.data(), wanted);
    left -= wanted;
  }
  if (crc != mark.crc) fail(path, 0, "is not the log that the checkpoint belongs to");
  return {builder.log().start, line.size() + 1 + static_cast<std::uint64_t>(mark.bytes)};
}

}  // namespace downhill
