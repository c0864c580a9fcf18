#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "downhill/tables/inputs.h"
#include "downhill/tables/target.h"
#include "tests/io/file_support.h"

namespace downhill::testing_tables {

using testing_files::Directory;

/// A table in a file of its own, which stays for messages that look again.
class TableFile {
 public:
  explicit TableFile(const std::string& text, const TableOptions& options = {}) {
    testing_files::put(path(), text);
    table = read_table(path(), options);
  }
  std::filesystem::path path() const { return dir_ / "t.csv"; }

 private:
  Directory dir_;

 public:
  Table table;
};

inline std::vector<std::int64_t> all_rows(const Table& table) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(table.rows));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  return rows;
}

inline InputColumns learn(const Table& table, const InputOptions& options = {},
                          const std::vector<int>& excluded = {}) {
  return InputColumns::learn(table, excluded, options, all_rows(table));
}

/// Header and rows, where row i is what `row(i)` gives.
inline std::string rows_of(const std::string& header, int count,
                           const std::function<std::string(int)>& row) {
  std::string text = header + "\n";
  for (int i = 0; i < count; ++i) text += row(i) + "\n";
  return text;
}

/// A line per row.
inline std::string repeat(const std::string& lines, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += lines;
  return text;
}

/// The message of the error, without the folder of the file; "" if nothing is thrown.
inline std::string message(const std::filesystem::path& path, const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    std::string text = error.what();
    const std::string folder = path.parent_path().string() + "/";
    if (const std::size_t at = text.find(folder); at != text.npos) text.erase(at, folder.size());
    return text;
  }
  return "";
}

/// The columns as they were understood, "name: sentence" each; or the message.
inline std::string understood(const std::string& text, const InputOptions& options = {},
                              const std::string& target = "") {
  Directory dir;
  const auto path = dir / "t.csv";
  testing_files::put(path, text);
  std::string result;
  const std::string error = message(path, [&] {
    const Table table = read_table(path, {.decimal_comma = options.decimal == "comma"});
    std::vector<int> excluded;
    if (!target.empty()) {
      excluded.push_back(find_column(table, target));
      result += "target: " + read_target(table, excluded[0], options.decimal).sentence + "\n";
    }
    for (const TableColumn& column : learn(table, options, excluded).columns)
      result += column.name + ": " + column.sentence() + "\n";
  });
  return error.empty() ? result : error;
}

}  // namespace downhill::testing_tables
