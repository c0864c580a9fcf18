#include "downhill/runlog/any_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "downhill/core/error.h"
#include "downhill/runlog/foreign/columns.h"
#include "downhill/runlog/foreign/records_from.h"
#include "downhill/runlog/foreign/runs.h"
#include "downhill/runlog/foreign/split_rows.h"
#include "downhill/runlog/reader.h"

namespace downhill {
namespace {

namespace fs = std::filesystem;
using foreign::LogTable;

std::string beginning(const fs::path& path, std::size_t bytes = 256) {
  std::ifstream in(path, std::ios::binary);
  std::string head(bytes, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(in.gcount()));
  return head;
}

std::vector<fs::path> event_files(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(directory, error), end; it != end && !error;
       it.increment(error))
    if (it->is_regular_file(error) &&
        it->path().filename().string().find("tfevents") != std::string::npos)
      files.push_back(it->path());
  std::ranges::sort(files);
  return files;
}

bool is_event_file(const fs::path& path, const std::string& head) {
  if (path.filename().string().find("tfevents") != std::string::npos) return true;
  // The first record of all: 24 bytes with the format's name.
  return head.size() > 36 && head.substr(0, 8) == std::string("\x18\0\0\0\0\0\0\0", 8) &&
         head.find("brain.Event") != std::string::npos;
}

bool is_run_log(const std::string& head) {
  const std::string line = head.substr(0, head.find('\n'));
  return line.starts_with("{") && line.find("\"record\"") != std::string::npos;
}

// A list of objects, or an object. Programs print brackets too: boosting "[12]  train-rmse:0.4", others
// "[INFO] starting" or Python's dictionaries, {'loss': 0.4}.
bool is_json(std::string_view head) {
  if (head[0] != '[' && head[0] != '{') return false;
  const std::size_t next = head.find_first_not_of(" \t\r\n", 1);
  if (next == std::string_view::npos) return true;
  return head[0] == '[' ? head[next] == '{' || head[next] == ']'
                        : head[next] == '"' || head[next] == '}';
}

LogTable table_of(const fs::path& path) {
  if (fs::is_directory(path)) {
    const std::vector<fs::path> files = event_files(path);
    if (!files.empty()) return foreign::read_events(files, path);
    for (const char* name : {"trainer_state.json", "catboost_training.json", "metrics.csv",
                             "history.csv", "results.csv"})
      if (fs::exists(path / name)) return table_of(path / name);
    foreign::refuse(path.string(), 0,
                    "is a directory without a log: no run.jsonl, event file, metrics.csv or "
                    "trainer_state.json");
  }
  const std::string head = beginning(path);
  if (is_event_file(path, head)) return foreign::read_events({path}, path.parent_path());
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && is_json(std::string_view(head).substr(first)))
    return foreign::read_json(path);
  return foreign::is_printed_text(beginning(path, 1 << 16)) ? foreign::read_text(path)
                                                            : foreign::read_csv(path);
}

}  // namespace

AnyLog read_any_log(const fs::path& path, const std::vector<std::string>& columns) {
  std::error_code error;
  const bool directory = fs::is_directory(path, error);
  const bool ours = directory ? fs::exists(path / "run.jsonl", error) : is_run_log(beginning(path));
  if (ours && !columns.empty())
    throw_argument("--column", fmt::format("tells columns of other programs' logs; {} is one of "
                                           "ours, whose columns are known",
                                           path.string()));
  if (ours) return {read_run_log(directory ? path / "run.jsonl" : path), {}};
  LogTable table = table_of(path);
  foreign::part_splits(table);
  foreign::Columns found = foreign::recognise(table, columns);
  if (foreign::keep_one_run(table, found)) found = foreign::recognise(table, columns);
  return {foreign::records_from(table, found), foreign::notes_of(table, found)};
}

}  // namespace downhill
