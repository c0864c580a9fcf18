#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "downhill/train/check_training.h"
#include "downhill/train/files.h"
#include "downhill/train/fit.h"
#include "downhill/train/live_doctor.h"
#include "downhill/train/model_file.h"

namespace downhill {

/// What is used where nothing was given.
inline constexpr const char* kDefaultOptimizer = "adamw:lr=0.002,weight_decay=0.1";
inline constexpr const char* kDefaultSchedule = "cosine";
inline constexpr const char* kDefaultModel = "mlp:128,64";
inline constexpr const char* kNoSchedule = "none";  ///< lr stays as the optimizer has it

/// Whether the first row of a table holds names.
enum class Header { automatic, yes, no };
constexpr std::array<const char*, 3> words_of(Header) { return {"automatic", "yes", "no"}; }

/// What `downhill train` is asked for; empty texts are chosen from the target's kind. Lists of columns
/// are names, or numbers from 1, with commas between them.
struct TableRunOptions {
  std::filesystem::path data;
  std::string target;
  std::string task = "", loss = "", link = "", optimizer = "", schedule = "", model = "";
  std::string observers = "";  ///< specs with | between them
  std::int64_t epochs = 50, batch = 32;
  std::uint64_t seed = 0;
  std::int64_t start =
      0;  ///< added to the seed of first weights and order, not to that of the parts
  // How the table is read.
  std::string ignore = "", only = "", category = "", number = "";
  std::string decimal = "", date_order = "", separator = "";
  Header header = Header::automatic;
  // Rows.
  double validation = 0.2, test = 0.2;
  std::string validation_file = "", test_file = "", split_by_time = "", split_by_group = "";
  std::string weight = "", class_weight = "";
  std::string class_order =
      "";  ///< classes from the lowest to the highest; empty: as they are sorted
  bool drop_missing_target = false;
  double cost_missed = 0;  ///< a missed positive costs so many false alarms; 0: not told
  // Steps.
  std::int64_t patience = 0, warmup = 0;
  double clip_norm = 0;  ///< 0: no clipping
  std::string no_decay = "";
  std::filesystem::path out = "";
  bool resume = false, overwrite = false;
  /// What is wrong is told while it trains, each once.
  Live doctor = Live::warn;
  std::function<void(const Finding&)> found = {};
  std::stop_token stop = {};
  std::function<void(const Progress&)> progress = {};
  /// Called once before training with what was resolved.
  std::function<void(const struct ResolvedRun&)> resolved = {};
  /// Called behind `observers`; no part of the configuration.
  std::vector<ObserverPtr> watch = {};

  /// Of the rows of `data`: train, validation, test. A part with a table of its own takes none.
  std::array<double, 3> shares() const {
    const double to_validate = validation_file.empty() ? validation : 0,
                 to_test = test_file.empty() ? test : 0;
    return {1 - to_validate - to_test, to_validate, to_test};
  }

  /// All that a run's configuration holds beside data, target and what is chosen.
  static constexpr auto options() {
    using T = TableRunOptions;
    return std::array{
        option<&T::epochs>("epochs", kCount, "passes over the training rows"),
        option<&T::batch>("batch", kNonNegative, "rows per step; 0: all"),
        option<&T::validation>("validation", kFraction, "share of the rows"),
        option<&T::test>("test", kFraction, "share of the rows"),
        option<&T::start>("start", kNonNegative, "which of several first weights"),
        option<&T::patience>(
            "patience", kNonNegative,
            "stop after so many epochs without a better validation loss; 0: never"),
        option<&T::ignore>("ignore", "columns that are left out"),
        option<&T::only>("only", "the only columns that are inputs"),
        option<&T::category>("category", "columns of numbers that are categories"),
        option<&T::number>("number", "columns that are numbers: their words are missing values"),
        option<&T::decimal>("decimal", "point or comma, where a column does not say"),
        option<&T::date_order>("date_order", "dmy, mdy or ymd, where a column does not say"),
        option<&T::separator>("separator", "between the columns; empty: found out"),
        option<&T::header>("header", "whether the first row holds names"),
        option<&T::validation_file>("validation_file", "a table of its own for validation"),
        option<&T::test_file>("test_file", "a table of its own for the test"),
        option<&T::split_by_time>("split_by_time", "column by which parts follow each other"),
        option<&T::split_by_group>("split_by_group", "column whose values stay in one part"),
        option<&T::weight>("weight", "column that holds the weight of each row"),
        option<&T::class_weight>("class_weight", "balanced, or class=weight,..."),
        option<&T::class_order>("class_order", "classes from the lowest to the highest"),
        option<&T::drop_missing_target>("drop_missing_target", "leave out rows without a target"),
        option<&T::cost_missed>("cost_missed", kNonNegative,
                                "price of a missed row of the second class, in false alarms"),
        option<&T::clip_norm>("clip_norm", kNonNegative,
                              "gradients are cut to this length; 0: not"),
        option<&T::warmup>("warmup", kNonNegative, "steps in which the rate rises from 0"),
        option<&T::no_decay>("no_decay", "parameters without weight decay, such as *.bias"),
        option<&T::link>("link", "between output and prediction: none, exp, sigmoid or softplus")};
  }
};

/// A choice and why it was made: shown on screen and saved.
struct Choice {
  std::string name, value, reason;
};
struct ResolvedRun {
  std::string data;             ///< the table's description
  std::vector<Choice> choices;  ///< loss, optimizer, schedule, model, batch, rows of each part, ...
  std::vector<ColumnRecord> columns;  ///< what was made of each column
  std::vector<std::string> notes;     ///< what the user should know before it trains
};

struct TableRunResult {
  FitResult fit;
  std::filesystem::path out;
  ModelCard card;
  std::vector<std::string> notes;     ///< of the preparation and of the run
  std::vector<TrainingCheck> checks;  ///< made where they cost under a fiftieth of the run

  /// What the delivered weights are worth on a part: train, validation or test.
  const EvaluationRecord* evaluation(std::string_view part) const;
};

/// The whole of `downhill train`: reads and understands the table, splits, trains, restores the best
/// weights, evaluates, measures where the run stands, diagnoses, and writes into `out`: run.jsonl,
/// checkpoint.safetensors, model.safetensors, report.html. Everything that can be refused is
/// refused before the first step: options and specs (UsageError) before a file is opened.
TableRunResult run_table(const TableRunOptions& options);

/// The checks before the first step alone (check_training.h), on rows of the table's training part:
/// nothing is trained, nothing is written. Refuses what `run_table` refuses of the table and the specs.
std::vector<TrainingCheck> check_table(const TableRunOptions& options);

/// What a model is worth on a table: `downhill evaluate`. The target is the model's, or the column named.
EvaluationRecord evaluate_table(TableModel& model, const std::filesystem::path& data,
                                const std::string& target, std::vector<std::string>& notes,
                                bool drop_missing_target = false);

/// What `downhill predict` writes of a table.
struct TablePredictions {
  std::string description;         ///< of the table
  std::vector<std::string> notes;  ///< unseen levels, missing cells
  Predictions predictions;
  std::vector<CsvColumn> columns;
};
/// `residuals`: the target's column, and of numbers the residual, stand beside the predictions.
TablePredictions predict_table(const TableModel& model, const std::filesystem::path& data,
                               bool residuals = false);

/// A finished run as its files have it: what the instruments measure.
struct FinishedRun {
  TableModel model;
  Dataset rows;  ///< that it was trained on
  std::uint64_t seed;
  std::string note;        ///< the table is another than the one of the run
  Tensor table_rows = {};  ///< of each of `rows` its row in the table, from 1
};
/// `data`: where its table lies now, if not where the run says. FileError for what cannot be read,
/// DataError for a table that no longer fits.
FinishedRun finished_run(const std::filesystem::path& run, const std::filesystem::path& data = {});

}  // namespace downhill
