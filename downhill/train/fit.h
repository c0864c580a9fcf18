#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "downhill/data/dataset.h"
#include "downhill/inspect/stationarity.h"
#include "downhill/losses/loss.h"
#include "downhill/nn/module.h"
#include "downhill/optim/optimizer.h"
#include "downhill/runlog/records.h"

namespace downhill {

/// What is trained: the loss of a batch, anything the user can write (several heads, several
/// losses).
using LossOf = std::function<Tensor(const Batch&)>;
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
  std::int64_t batch = 32;    ///< rows per step; 0: all
  bool drop_last = false;     ///< leave out a last batch that is not full
  std::uint64_t seed = 0;     ///< of the order of rows
  std::int64_t patience = 0;  ///< epochs without a better validation loss before stopping; 0: never
  double min_delta = 0;       ///< what counts as better
  std::optional<Schedule> schedule = {};  ///< factor on the optimizer's lr; 0 steps: the whole run
  std::filesystem::path out = {};         ///< run directory for log and checkpoint; empty: none
  bool resume = false;                    ///< go on from the checkpoint in `out`
  double checkpoint_seconds = 2;          ///< a checkpoint follows an epoch at most this often
  double diverged = 1e6;                  ///< stop when the loss exceeds this many times the first
  const Dataset* test = nullptr;     ///< evaluated once, with the weights that the run ends with
  bool explain = true;               ///< measure where the run stands, and diagnose it
  std::int64_t explain_rows = 2048;  ///< training rows used for that: a sample by the seed
  Config config = {};                ///< resolved configuration, for log and checkpoint
  std::stop_token stop = {};         ///< asked at every step; a checkpoint is written then
  std::function<void(const Progress&)> progress = {};
};

struct FitResult {
  std::string reason;   ///< as in the log: "epochs done", "early stopping", "stopped", ...
  std::string message;  ///< where it went wrong, if it did
  std::int64_t epochs = 0, steps = 0;
  std::optional<std::int64_t> best_epoch;  ///< whose weights the model has now
  double train_loss = 0;                   ///< of the restored weights, on all training rows
  std::optional<double> validation_loss;   ///< of the best epoch
  std::optional<double> test_loss;
  NamedNumbers test_metrics;
  double seconds = 0;
  Stands stands;  ///< measured at the restored weights
  Verdict verdict;
  RunLog log;

  bool failed() const { return reason == "non-finite loss" || reason == "diverging"; }
};

/// Trains. Each step takes the next rows in an order that seed and epoch alone decide, computes
/// `loss_of`, differentiates and steps. With validation rows the weights of the best epoch are
/// restored at the end. Resuming from any step gives the bits of the uninterrupted run. Afterwards
/// it is measured where the run stands, and the doctor says what is wrong with it.
///
/// A loss or gradient that is not finite ends the run with its reason, the step, and the first
/// parameter concerned; nothing throws for it. UsageError for options out of range.
FitResult fit(nn::Module& model, Optimizer& optimizer, const Dataset& train,
              const Dataset* validation, const LossOf& loss_of, const FitOptions& options = {},
              const MetricsOf& metrics = {});

/// The shorthand: a model called on the inputs, one loss of its output, the target and the weight.
template <class Model>
FitResult fit(Model& model, Optimizer& optimizer, const Loss& loss, const Dataset& train,
              const Dataset* validation = nullptr, const FitOptions& options = {},
              const MetricsOf& metrics = {}) {
  const LossOf loss_of = [&](const Batch& batch) {
    return loss(model(batch.input), batch.target, batch.weight);
  };
  return fit(model, optimizer, train, validation, loss_of, options, metrics);
}

/// The loss of all rows without the graph, in evaluation mode, in pieces of 1,024 rows: the mean
/// weighted by rows.
double evaluate(nn::Module& model, const Dataset& rows, const LossOf& loss_of);

}  // namespace downhill
