#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "downhill/core/error.h"
#include "downhill/data/dataset.h"
#include "downhill/optim/optimizer.h"
#include "downhill/runlog/records.h"
#include "downhill/train/table_run.h"

namespace downhill::detail {

/// A table run before it trains: what was chosen, the parts of the data, what the model must know.
struct TableTask {
  ModelCard card;
  std::string description;
  std::string optimizer, schedule;  ///< specs; an empty schedule: none
  std::vector<Choice> choices;
  std::vector<std::string> notes;
  ColumnsRecord columns;
  std::optional<Dataset> train, validation, test;
};

/// Refuses specs and numbers that are wrong, before any file is opened.
void check_table_options(const TableRunOptions& options);

/// The optimizer with what is asked for beside it.
std::string optimizer_spec(const TableRunOptions& options);

/// The refusal of a file: "FILE: " and the message, without the operation in brackets that found it.
[[noreturn]] void refuse_file(const std::filesystem::path& file, std::string_view message);

/// Of a command that is right what does not fit is the file's: a UsageError or a DataError becomes a
/// FileError that names it.
template <class Read>
auto of_the_data(const std::filesystem::path& file, Read read) {
  try {
    return read();
  } catch (const UsageError& error) {
    refuse_file(file, error.what());
  } catch (const DataError& error) {
    refuse_file(file, error.what());
  }
}

/// Reads the data and chooses what was left open, with reasons.
TableTask prepare_table(const TableRunOptions& options);
/// The same for a command that is right: what does not fit is the file's (FileError).
TableTask read_task(const TableRunOptions& options);
ResolvedRun resolved_run(const TableTask& task);
Optimizer optimizer_for(const TableTask& task, const TableRunOptions& options,
                        const TableModel& model);

/// The rows of a further table, as the model of that card takes them, read as `options` say.
Dataset labelled_rows(const ModelCard& card, const TableRunOptions& options,
                      const std::filesystem::path& data, std::vector<std::string>& notes,
                      std::string& fingerprint);

/// Validation and test from files of their own. Notes where they are no other rows than those of the
/// training, or of each other.
void read_further_parts(TableTask& task, const TableRunOptions& options);

/// The rows that a finished run was trained on, from its table as it is now, and the row of each there,
/// from 1.
Dataset training_rows(const ModelCard& card, const TableRunOptions& options,
                      std::string& fingerprint, Tensor& table_rows);

/// A run's options from the configuration in its model file. FileError (model) naming `file`.
TableRunOptions options_from(const Config& config, const std::string& target,
                             const std::filesystem::path& file);
/// The whole of them: to train it once more, bit for bit.
TableRunOptions run_again(const Config& config, const std::string& target,
                          const std::filesystem::path& file);
/// All that differs from the defaults.
Config config_from(const TableRunOptions& options);

}  // namespace downhill::detail
