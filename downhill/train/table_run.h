#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "downhill/data/csv.h"
#include "downhill/inspect/stationarity.h"
#include "downhill/train/files.h"
#include "downhill/train/fit.h"
#include "downhill/train/model_file.h"

namespace downhill {

/// What is used where nothing was given.
inline constexpr const char* kDefaultOptimizer = "adamw:lr=0.002,weight_decay=0.1";
inline constexpr const char* kDefaultSchedule = "cosine";
inline constexpr const char* kDefaultModel = "mlp:128,64";
inline constexpr const char* kNoSchedule = "none";  ///< lr stays as the optimizer has it

/// What `downhill train` is asked for; empty texts are chosen from the target's kind.
struct TableRunOptions {
  std::filesystem::path data;
  std::string target;
  std::string loss = "", optimizer = "", schedule = "", model = "";
  std::string observers = "";  ///< specs with | between them
  std::int64_t epochs = 50, batch = 32;
  std::uint64_t seed = 0;
  double validation = 0.2, test = 0.2;
  std::int64_t patience = 0;
  std::filesystem::path out = "";
  bool resume = false, overwrite = false;
  std::stop_token stop = {};
  std::function<void(const Progress&)> progress = {};
  /// Called once before training with what was resolved.
  std::function<void(const struct ResolvedRun&)> resolved = {};

  static constexpr auto options() {
    using T = TableRunOptions;
    return std::array{option<&T::epochs>("epochs", kCount, "passes over the training rows"),
                      option<&T::batch>("batch", kNonNegative, "rows per step; 0: all"),
                      option<&T::validation>("validation", kFraction, "share of the rows"),
                      option<&T::test>("test", kFraction, "share of the rows"),
                      option<&T::patience>(
                          "patience", kNonNegative,
                          "stop after so many epochs without a better validation loss; 0: never")};
  }
};

/// A choice and why it was made: shown on screen and saved.
struct Choice {
  std::string name, value, reason;
};
struct ResolvedRun {
  std::string data;             ///< the CSV's description
  std::vector<Choice> choices;  ///< loss, optimizer, schedule, model, batch, rows of each part, ...
};

struct TableRunResult {
  FitResult fit;
  std::filesystem::path out;
};

/// The whole of `downhill train`: reads, splits, standardises, trains, restores the best weights,
/// evaluates, measures where the run stands, diagnoses, and writes into `out`: run.jsonl,
/// checkpoint.safetensors, model.safetensors, report.html. Everything that can be refused is
/// refused before the first step: options and specs (UsageError) before a file is opened.
TableRunResult run_table(const TableRunOptions& options);

/// Where a finished run stands, measured again from its files (downhill curvature).
struct Remeasured {
  Stands stands;
  ModelCard card;
};
Remeasured measure_run(const std::filesystem::path& run, const StationarityOptions& options = {});

}  // namespace downhill
