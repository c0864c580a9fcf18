#pragma once
#include <cstdint>
#include <string>

#include "downhill/cli/arguments.h"
#include "downhill/train/table_run.h"

namespace downhill::cli {

/// The arguments of every command that begins with an unprepared table: the file and its target, what
/// is trained on it, its rows and its columns. `finish` after parsing.
class TableArguments {
 public:
  /// Adds DATA and --target.
  TableArguments(Arguments& arguments, TableRunOptions& options);
  /// Task, loss, link, optimizer, model, batch and seed, and what changes a step.
  void add_task();
  /// Parts and prices, and how the columns are read.
  void add_rows();
  /// UsageError for what the words do not say.
  void finish();

 private:
  void add_parts();
  void add_columns();

  Arguments& arguments_;
  TableRunOptions& options_;
  std::string data_, validation_, test_;
  std::int64_t seed_ = 0;
  bool no_header_ = false, header_ = false;
};

}  // namespace downhill::cli
