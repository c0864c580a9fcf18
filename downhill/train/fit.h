#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "downhill/core/options.h"
#include "downhill/inspect/stationarity.h"
#include "downhill/io/directory.h"
#include "downhill/runlog/ended.h"
#include "downhill/train/loss_of.h"
#include "downhill/train/observer.h"

namespace downhill {

/// Named figures of a split, from all its rows: accuracy, rmse, ...
using MetricsOf = std::function<NamedNumbers(const Dataset&)>;

/// How far a run is, for a progress bar.
struct Progress {
  std::int64_t epoch, epochs, step, steps;
  double loss;                            ///< of the last step
  std::optional<double> validation_loss;  ///< of the last validation
  double lr, seconds;
};

struct FitOptions {
  std::int64_t epochs = 100;
  std::int64_t batch = 32;
  bool drop_last = false;  ///< leave out a last batch that is not full
  std::uint64_t seed = 0;  ///< of the order of rows
  std::int64_t patience = 0;
  double min_delta = 0;
  /// What `loss_of` returns is the loss divided by this; logs, results and `min_delta` are in the
  /// loss's own units. What is minimised, clipped, decayed and measured is the divided one.
  double unit = 1;
  std::optional<Schedule> schedule = {};  ///< factor on the optimizer's lr; 0 steps: the whole run
  std::vector<ObserverPtr> observers = {};  ///< called in this order; see train/observer.h
  std::filesystem::path out =
      {};               ///< run directory for log and checkpoint, of one run at a time; empty: none
  bool resume = false;  ///< go on from the checkpoint in `out`
  /// Without validation rows: a run that ends before its last step delivers the weights after the epoch
  /// with the lowest mean loss, not the last ones. With validation rows those of the best epoch are.
  bool keep_good = false;
  double checkpoint_seconds = 2;
  double diverged = 1e6;
  const Dataset* test = nullptr;  ///< evaluated once, with the weights that the run ends with
  bool explain = true;            ///< measure where the run stands, and diagnose it
  std::int64_t explain_rows = 2048;
  bool gauges = true;  ///< where steps land, in the log of the steps 1, 3, 10, 30, 100, ...: see
                       ///< docs/run-log.md
  Config config = {};  ///< resolved configuration, for log and checkpoint
  /// Loss of the best constant on the training rows, in the loss's own units: the doctor holds first and last
  /// losses against it.
  std::optional<double> constant_loss = {};
  std::optional<ColumnsRecord> columns = {};  ///< of the data, for the log
  /// Called once with the weights that the run delivers (the optimizer's own for evaluation), not of an
  /// interrupted run; what it returns goes into the log.
  std::function<std::vector<EvaluationRecord>()> evaluations = {};
  /// `out`, where the caller holds it already; else the run locks it.
  const DirectoryLock* lock = nullptr;
  std::stop_token stop = {};  ///< asked at every step; a checkpoint is written then
  std::function<void(const Progress&)> progress = {};

  static constexpr auto options() {
    using F = FitOptions;
    return std::array{
        option<&F::epochs>("epochs", kNonNegative, "passes over the training rows"),
        option<&F::batch>("batch", kNonNegative, "rows per step; 0: all"),
        option<&F::patience>("patience", kNonNegative,
                             "epochs without a better validation loss before stopping; 0: never"),
        option<&F::min_delta>("min_delta", kNonNegative, "a loss is better if lower by more"),
        option<&F::unit>("unit", kPositive, "the loss is so many times what is minimised"),
        option<&F::checkpoint_seconds>("checkpoint_seconds", kNonNegative,
                                       "a checkpoint follows an epoch at most this often"),
        option<&F::diverged>(
            "diverged", {1, kInfinity, true},
            "stop when the mean loss of an epoch exceeds this many times that of the first"),
        option<&F::explain_rows>("explain_rows", kCount,
                                 "training rows on which it is measured where the run stands: a "
                                 "sample by the seed")};
  }
};

struct FitResult {
  Ended ended = Ended::steps_done;
  std::string message;  ///< where it went wrong, if it did; why an observer ended it
  std::int64_t epochs = 0, steps = 0;
  std::optional<std::int64_t> best_epoch;  ///< whose weights the model has now, if not the last
  double train_loss = 0;                   ///< of the restored weights, on all training rows
  std::optional<double> validation_loss;   ///< of the best epoch
  std::optional<double> test_loss;
  NamedNumbers test_metrics;
  double seconds = 0;
  Stands stands;  ///< measured at the restored weights
  Verdict verdict;
  RunLog log;
  /// What is to be told of the run's files: a log that did not belong to the checkpoint, say.
  std::vector<std::string> notes;

  bool failed() const { return delivers_nothing(ended); }
};

/// Trains. Each step takes the next rows in an order that seed and epoch alone decide, computes
/// `loss_of`, differentiates and steps. With validation rows the weights of the best epoch are
/// restored at the end. Resuming from any step gives the bits of the uninterrupted run, if the same
/// optimizer (as it was given, before anything `set` it) and observers are there. Afterwards it is
/// measured where the run stands, and the doctor says what is wrong with it.
///
/// Validation, the best weights and those that are delivered are the ones that the optimizer says to
/// evaluate with (ema, schedule_free); a checkpoint holds the ones to go on from.
///
/// A loss or gradient that is not finite ends the run before the step that it would make: the
/// weights are those that it was computed at, and the message names the step and the parameter,
/// row or operation where it began. An optimizer that guards gradients (skip_non_finite) goes on with the
/// next step, and a note counts those that were skipped; what it lets through ends the run. Nothing throws for
/// any of it. A validation loss that is not finite is never
/// the best. UsageError for options out of range, patience or a validation without rows, before anything
/// is done, and for training or validation rows of which none counts; a run that is in `out` is replaced; FileError for a directory that
/// another run writes, a checkpoint that cannot be resumed, a failed write.
FitResult fit(nn::Module& model, Optimizer& optimizer, const Dataset& train,
              const Dataset* validation, const LossOf& loss_of, const FitOptions& options = {},
              const MetricsOf& metrics = {});

/// The shorthand: a model called on the inputs, one loss of its output, the target and the weight.
template <class Model>
FitResult fit(Model& model, Optimizer& optimizer, const Loss& loss, const Dataset& train,
              const Dataset* validation = nullptr, const FitOptions& options = {},
              const MetricsOf& metrics = {}) {
  const LossOf loss_of = [&](const Batch& batch) {
    const Tensor output = model(batch.input);
    return batch_loss(loss, {&output, 1}, batch.target, batch.weight);
  };
  return fit(model, optimizer, train, validation, loss_of, options, metrics);
}

}  // namespace downhill
